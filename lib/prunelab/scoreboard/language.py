"""A language model without training (lab 08)."""

from prunelab.records import LanguageRun, LanguageSeed
from prunelab.results import damage_avoided, load_results
from prunelab.scoreboard.rows import Claim, Row, ahead, compare

SUN, BOZA = "README of Sun et al. 2024", "Boža 2024"
LLAMA_2_7B = {  # perplexity on WikiText, README of the repository of Sun et al. 2024; dense: DENSE_LLAMA_2_7B
    "50 %": {"magnitude": 14.89, "Wanda": 6.42, "SparseGPT": 6.51},
    "2:4": {"magnitude": 54.59, "Wanda": 11.02, "SparseGPT": 10.17},
}
DENSE_LLAMA_2_7B = 5.12


def language_rows() -> list[Row]:
    """How much of magnitude's damage that a method avoids on SmolLM2-135M, against that on LLaMA-2-7B, in per cent."""
    seeds = load_results("language", LanguageRun)["seeds"]
    rows = []
    for pattern, published in LLAMA_2_7B.items():
        for method in ("Wanda", "SparseGPT"):
            theirs = 100 * damage_avoided(published[method], published["magnitude"], DENSE_LLAMA_2_7B)
            pairs = [(_avoided(seed, method, pattern), theirs) for seed in seeds]
            words = f"SmolLM2-135M, {pattern}: {method} avoids as much of magnitude's damage as on LLaMA-2-7B"
            claim = Claim(words, f"{published[method]} of {published['magnitude']} ({SUN})", lambda mean, _: mean >= 0)
            rows.append(compare("language", claim, pairs))
    pairs = [(_avoided(seed, "ADMM", "50 %"), _avoided(seed, "SparseGPT", "50 %")) for seed in seeds]
    words = "SmolLM2-135M, 50 %: ADMM avoids more of magnitude's damage than SparseGPT"
    return [*rows, compare("language", Claim(words, f"so on LLaMA and LLaMA-2 ({BOZA})", ahead), pairs)]


def _avoided(seed: LanguageSeed, method: str, pattern: str) -> float:
    reached, magnitude = (seed["sparse"][name][pattern]["perplexity"] for name in (method, "magnitude"))
    return 100 * damage_avoided(reached, magnitude, seed["dense"]["perplexity"])
