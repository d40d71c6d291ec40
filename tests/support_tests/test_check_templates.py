import pytest
from jinja2 import DictLoader, Environment

from scripts.check_templates import problems

FINE = [
    '<p id="a"></p><p id="b"></p>',
    '{% if x %}<p id="a">{% else %}<p id="a">{% endif %}</p>',
    '{% for n in list %}<tr id="network-{{ n.id }}">{% else %}<tr id="none">{% endfor %}',
    '{% macro one(id) %}<i id="{{ id }}">{% endmacro %}{% macro two(id) %}<b id="{{ id }}">{% endmacro %}',
    '<script src="/static/portal.js"></script><p class="safe" data-note="style=, onclick= and |safe as text">',
    '<p {% if x %}id="a" class="x"{% else %}id="a"{% endif %}>',
    '{% include "there.html" %}',
    "{# <script>alert(1)</script> #}",
    "x" * 120,
]

WRONG = {
    "{% if %}": "does not compile",
    "{{ x|unheard_of }}": "does not compile",
    '{% include "not_there.html" %}': "there is no template",
    "{{ x|upper|safe }}": "|safe",
    "{% autoescape false %}{% endautoescape %}": "autoescape",
    '<p style="color: red">': "style=",
    "<style>p {}</style>": "<style>",
    "<script>alert(1)</script>": "without src",
    '<p onclick="go()">': "onclick",
    '<p hx-on:click="go()">': "hx-on:click",
    '<p data-hx-on::after-swap="go()">': "hx-on::after-swap",
    '<a href="{{ x }}"><a href=" JavaScript:go()">': "evaluated",
    "<p hx-vals='js:{a: 1}'>": "evaluated",
    '<p hx-trigger="click[ctrlKey]">': "filter",
    '<script src="//elsewhere.test/x.js"></script>': "our own",
    '<p id="a"></p>{% if x %}<p id="a">{% endif %}': "twice",
    '<p id="n-{{ n.id }}"></p><p id="n-{{ n.id }}">': "twice",
    '{% for n in list %}<p id="a">{% endfor %}': "loop",
    "x" * 121: "121 characters",
}


@pytest.fixture
def environment() -> Environment:
    return Environment(autoescape=True, loader=DictLoader({"there.html": ""}))


@pytest.mark.parametrize("source", FINE)
def test_fine(environment: Environment, source: str) -> None:
    assert list(problems(environment, "some.html", source)) == []


@pytest.mark.parametrize("source", WRONG)
def test_wrong(environment: Environment, source: str) -> None:
    found = list(problems(environment, "some.html", f"\n{{{{ 'two\nlines' }}}}\n{source}"))
    assert [WRONG[source] in text for _, text in found] == [True]
    assert found[0][0] == (1 if "include" in source else 4)
