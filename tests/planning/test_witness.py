"""Hearing what something was made of, and asking it all again."""

from scheduler.planning.witness import Witness


def test_a_question_is_asked_once_while_something_is_made() -> None:
    told, witness = {"a": 1}, Witness()
    ask = witness.hears(told.get)
    assert [ask("a"), ask("a")] == [1, 1]
    told["a"] = 2
    assert ask("a") == 1, "what is made must be made of one answer"


def test_it_holds_as_long_as_every_answer_is_the_same() -> None:
    told, other, witness = {"a": 1}, {"a": 1}, Witness()
    witness.hears(told.get)("a")
    witness.hears(other.get)("b")
    told["unasked"] = 5
    assert witness.still()
    other["b"] = 7
    assert not witness.still()
    del other["b"]
    assert witness.still()


def test_nothing_asked_always_holds() -> None:
    assert Witness().still()
