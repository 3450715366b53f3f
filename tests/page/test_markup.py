"""The bounds on a page's markup are never below what the look at each tag counts.

The pieces of markup are imagined: each form of a tag, a comment or a text that the tokenizer of the
HTML standard treats in a way of its own, put together at random.
"""

import pytest
from hypothesis import example, given, settings, strategies as st

from pipeline.errors import SuspectPage
from pipeline.page import markup
from tests.page.test_limits import LOW

PIECES = """
<div> </div> <p> <p>x</p> <br> <br/> <BR> <b> <b>x</b> <b><br></b> </b> <B> </B> <B><br></B>
<a> <a href="x">y</a> </a> <a/> <i x="1"> <i x='1'> <i x=1> </i> <table> </table> <td>
<object> </object> <span> </span> <span><b>x</b><br></span> <ul><li>x</li></ul> <li><a>x</a></li>
<svg> <path/> </svg> <option> <option>x</option> <OPTION> <select> <h1 class="x">y</h1> <h1><h1>x</h1></h1>
<title> <title>x</title> </title> <script> <script>1<2</script> </script> <SCRIPT> <style></style>
<textarea> </textarea> <!-- --> <!--> <!--x --!> <!-- <div> <!doctype> <?x> < <3 </3 > x " ' = /
<p ="> <p a=b="> <p a="<div>"> <p a='</div>'> <p a= "x> <p a=" <p/a/b> <p a=1 b c='2' d>
<p a="1" b="2" c="3"> <b-x> </b-x>
""".split("\n")
TOKENS = sorted({token for line in PIECES for token in line.replace("> <", ">\0<").split("\0")})
LIMITS = {name: limit for name, limit in LOW.items() if hasattr(markup, name)} | {
    "MAX_OPEN": 12, "MAX_RECONSTRUCTED": 60, "MAX_OPTIONS": 3, "MAX_ATTRIBUTES": 17, "_MAX_STEPS": 40
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def low_limits() -> object:
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in LIMITS.items():
            patch.setattr(markup, name, limit)
        yield


@settings(max_examples=300)
@example('<p a=" <p/a/b><textarea><p a=b=">' + "<option>" * 4)  # a value that holds tags
@given(st.lists(st.sampled_from(TOKENS), max_size=60).map("".join))
def test_what_is_not_looked_at_is_within_the_limits(page: str) -> None:
    if not markup._may_exceed(page):
        markup._scan(page)  # raises SuspectPage if it is beyond one


@pytest.mark.parametrize("count", [1, 3])
def test_the_usual_page_is_not_looked_at(count: int) -> None:
    record = '<div class="x"><p class="y"><strong>A:</strong>1<br><a href="/x">B</a></p></div>\n'
    assert not markup._may_exceed(record * count)
    with pytest.raises(SuspectPage):
        markup._scan("<div>" * 13)
