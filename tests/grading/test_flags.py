"""Every case has a sentence for the instructor and one for the student, whatever the detail contains."""

import pytest

from prunelab.instructor.submissions.flags import REFUSALS, SENTENCES, Flag, Refused

ALL = SENTENCES | REFUSALS
EVIL = "{0} {detail} {} %s <b>"


@pytest.mark.parametrize("code", ALL)
def test_both_sentences_are_whole(code):
    flag = Flag(code, EVIL)
    for sentence in (flag.instructor, flag.student):
        assert sentence.endswith(".")


@pytest.mark.parametrize("code", ALL)
def test_the_detail_stands_where_the_sentence_wants_it(code):
    flag = Flag(code, EVIL)
    for template, sentence in zip(ALL[code], (flag.instructor, flag.student), strict=True):
        assert sentence.count(EVIL) == template.count("{}") <= 1


def test_a_code_means_one_thing():
    assert not SENTENCES.keys() & REFUSALS.keys()


def test_an_unknown_code():
    with pytest.raises(KeyError, match="riddle"):
        Flag("riddle")


def test_a_refusal_says_why():
    refused = Refused("broken", "it is empty")
    assert refused.flag == Flag("broken", "it is empty")
    assert str(refused) == "The notebook cannot be read: it is empty. Ask the student to hand it in again."
