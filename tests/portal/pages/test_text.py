"""Whose language a text is spoken in."""

import pytest

from portal.pages.text import Text, current_language, ngettext, preferred_language, say, speaking, translate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("de-DE,de;q=0.9", "en"),
        ("de,en;q=0.5,zh;q=0.7", "zh-Hans"),
        ("en;q=0,zh", "zh-Hans"),
        ("", "en"),
        (";;q=x,,", "en"),
    ],
)
def test_a_browser_gets_the_best_language_we_speak(header: str, language: str) -> None:
    assert preferred_language(header) == language


def test_a_text_is_spoken_when_it_is_printed_not_when_it_is_made() -> None:
    text = say("in %(duration)s", duration=say("%(minutes)s min", minutes=5))
    assert str(text) == "in 5 min"
    with speaking("zh-Hans"):
        assert str(text) == "5 分钟后"
    assert text == Text("in %(duration)s", {"duration": say("%(minutes)s min", minutes=5)})


def test_a_language_nobody_speaks_falls_back_to_english_and_the_old_one_returns() -> None:
    with speaking("zh-CN"):
        with speaking("de"):
            assert current_language() == "en"
        assert current_language() == "zh-Hans"
        assert ngettext("%(num)s day", "%(num)s days", 1) == "%(num)s 天"
    assert ngettext("%(num)s day", "%(num)s days", 1) == "%(num)s day"


def test_a_per_cent_sign_is_written_twice_with_and_without_parameters() -> None:
    assert translate("100 %% sure") == "100 % sure"
