"""The portal bears the name, the links and the look that its settings give it; `webapp/web/brand.py`."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import dispose
from tests.support.client import BASE, Answer, Portal
from tests.support.world import ELSEWHERE, HOME
from tests.web.test_headers import throttled, unreadable
from webapp import create_app
from webapp.config import Config, ConfigError, app_object
from webapp.domain.branding import parse_support
from webapp.web import assets, brand, errors

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "brand"
NAME, EMAIL, HELP = "Söhne & <b>Co</b>", "support@example.com", "https://help.example.com/a?b=1&c=2"


def branded_app(app: Flask, **settings: Any) -> Flask:
    """Return another app on the same database, with the settings of somebody else."""
    own: dict[str, Any] = {
        "portal_name": NAME,
        "support": parse_support(EMAIL),
        "help_url": HELP,
        "brand_dir": str(EXAMPLE),
    }
    return create_app(replace(app_object(Config, app), **(own | settings)))


@pytest.fixture
def branded(portal: Portal) -> Iterator[Portal]:
    """The cast's portal with a name, links and a brand of its own."""
    app = branded_app(portal.app)
    yield Portal(app, portal.world)
    dispose(app)


def test_by_default_the_portal_has_a_plain_name_and_no_links(portal: Portal) -> None:
    answer = portal.browser().get("/login")
    assert answer.one("title").get_text() == "Sign in · Customer portal"
    assert answer.one(".brand").get_text(strip=True) == "Customer portal"
    assert answer.all(".help, .brand img, link[href*=brand]") == []
    assert portal.browser().get("/api/v1/openapi.json").json["info"]["title"] == "Customer portal"


@pytest.mark.parametrize("path", ["/login", "/", "/account/settings", BASE, "/account/settings/history", "/nowhere"])
def test_every_page_has_the_name_the_links_and_the_look(branded: Portal, path: str) -> None:
    browser = branded.browser(HOME) if path == "/login" else branded.signed_in("dana")
    assert_branded(browser.get(path), 404 if path == "/nowhere" else 200)


def assert_branded(answer: Answer, status: int) -> None:
    """Check one page."""
    assert answer.status == status
    assert answer.one("title").get_text().endswith(f" · {NAME}")
    assert answer.one(".brand img")["alt"] == NAME
    assert str(answer.one(".brand img")["src"]).startswith("/static/brand/logo.svg?v=")
    links = {str(link["href"]): link.get_text() for link in answer.all(".help a")}
    assert links == {HELP: "Help", f"mailto:{EMAIL}": EMAIL}
    assert [str(link["href"]).partition("?")[0] for link in answer.all("link")] == [
        "/static/brand/icon.svg",
        "/static/app.css",
        "/static/brand/brand.css",
    ]


def test_errors_have_them_too(branded: Portal) -> None:
    assert_branded(branded.browser().get("/static/nowhere"), 404)
    assert_branded(branded.signed_in("dana").post("/session"), 405)
    branded.set_list("203.0.113.0/24", active=True)
    assert_branded(branded.signed_in("sanne", ELSEWHERE).get("/"), 403)


def test_the_page_of_the_guess_too_many_has_them(branded: Portal) -> None:
    assert_branded(Answer(throttled(branded)), 429)


def test_a_list_that_cannot_be_read_and_a_fault_of_ours_have_them(branded: Portal) -> None:
    assert_branded(Answer(unreadable(branded)), 503)
    with branded.app.test_request_context("/"):
        response = errors.page(500)
    assert f'href="mailto:{EMAIL}"' in response.get_data(as_text=True)
    assert response.status_code == 500


def test_to_htmx_an_error_names_support(branded: Portal) -> None:
    answer = branded.signed_in("dana").get("/nowhere", htmx=True)
    assert answer.one("[data-page=error] a[href^=mailto]").get_text() == EMAIL


def test_who_is_blocked_writes_a_mail_that_has_the_reference(branded: Portal) -> None:
    branded.set_list("203.0.113.0/24", active=True)
    answer = branded.browser(ELSEWHERE).sign_in("sanne")
    reference = answer.one("[data-page=blocked]")["data-reference"]
    assert answer.one(".after a")["href"] == f"mailto:{EMAIL}?subject=Reference%20{reference}"
    assert "Contact support and give them" in " ".join(answer.one(".after").get_text().split())
    assert f"on {NAME}." in answer.one("#blocked-text").get_text()


def test_the_description_of_the_api_has_the_name(branded: Portal) -> None:
    assert branded.browser().get("/api/v1/openapi.json").json["info"]["title"] == NAME


def test_a_support_page_is_linked_by_what_it_is(portal: Portal) -> None:
    app = branded_app(portal.app, support=parse_support("https://example.com/support"))
    answer = Portal(app, portal.world).browser().get("/login")
    dispose(app)
    assert [link.get_text() for link in answer.all(".help a")] == ["Help", "Contact support"]


def test_the_e_mail_of_support_breaks_behind_its_at(branded: Portal) -> None:
    page = branded.browser().get("/login")
    assert page.one(".help [href^=mailto]").get_text() == EMAIL
    assert "support@<wbr>example.com</a>" in page.text


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", brand.NAMES)
def test_a_file_is_served_as_our_own_are(branded: Portal, name: str) -> None:
    client = branded.browser().client
    version = hashlib.sha256((EXAMPLE / name).read_bytes()).hexdigest()[:12]
    answer = client.get(f"/static/brand/{name}?v={version}")
    own = client.get(f"/static/app.css?v={assets.versions()['app.css']}")
    assert answer.data == (EXAMPLE / name).read_bytes()
    assert answer.mimetype == ("text/css" if name.endswith("css") else "image/svg+xml")
    differing = {"Content-Type", "Content-Length", "Content-Disposition", "ETag", "Date", "X-Request-ID"}
    as_own = [(key, value) for key, value in own.headers if key not in differing]
    assert [(key, value) for key, value in answer.headers if key not in differing] == as_own
    assert client.get(f"/static/brand/{name}?v=other").headers["Cache-Control"] == "no-cache"
    again = client.get(f"/static/brand/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


SPELLINGS = [
    "",
    "secret.txt",
    "LOGO.SVG",
    "../app.css",
    "%2e%2e/brand.css",
    "./logo.svg",
    "/logo.svg",
    "logo.svg/",
    "logo.svg%00",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_other_file_of_the_folder_is_served(portal: Portal, folder: Path, spelling: str) -> None:
    (folder / "secret.txt").write_text("secret")
    app = branded_app(portal.app, brand_dir=str(folder))
    status = app.test_client().get(f"/static/brand/{spelling}").status_code
    dispose(app)
    assert status == 404


def test_without_a_folder_there_is_nothing(portal: Portal) -> None:
    assert {portal.browser().get(f"/static/brand/{name}").status for name in brand.NAMES} == {404}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example, to be changed."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "brand"))


def refusal(folder: Path) -> str:
    """What the operator is told: one line."""
    with pytest.raises(ConfigError) as error:
        brand.read(str(folder))
    text = str(error.value)
    assert text.startswith("BRAND_DIR: ")
    assert "\n" not in text
    return text


def test_what_is_read_at_start_is_what_is_served(folder: Path) -> None:
    """A later change of the folder changes no answer, and a link leads where the operator has let it lead."""
    (folder / "logo.svg").rename(folder / "..data")
    (folder / "logo.svg").symlink_to("..data")
    assert brand.read(str(folder))["brand/logo.svg"] == (EXAMPLE / "logo.svg").read_bytes()


@pytest.mark.parametrize("name", brand.NAMES)
def test_a_missing_file_stops_the_start(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert str(folder / name) in refusal(folder)
    (folder / name).symlink_to("/nowhere")
    assert "is missing" in refusal(folder)
    (folder / name).unlink()
    (folder / name).mkdir()
    assert "is missing" in refusal(folder)


def test_a_folder_that_is_none_and_a_pipe_stop_the_start(folder: Path, tmp_path: Path) -> None:
    assert "is missing" in refusal(tmp_path / "nowhere")
    (folder / "icon.svg").unlink()
    os.mkfifo(folder / "icon.svg")
    assert "is missing" in refusal(folder)


def test_a_file_that_cannot_be_read_stops_the_start(folder: Path) -> None:
    (folder / "icon.svg").unlink()
    (folder / "icon.svg").symlink_to("/proc/self/mem")
    assert "cannot be read: Input/output error" in refusal(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe", b" " * (brand.MAX_BYTES + 1)])
def test_a_file_that_is_no_text_or_too_large_stops_the_start(folder: Path, content: bytes) -> None:
    (folder / "brand.css").write_bytes(content)
    assert "brand.css is" in refusal(folder)


HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
NO_PICTURES = [
    "",
    "<svg></svg>",
    "<html xmlns='http://www.w3.org/1999/xhtml'/>",
    HEAD,
    f"{HEAD}<script>alert(1)</script></svg>",
    f"{HEAD}<a href='javascript:alert(1)'/></svg>",
    f"{HEAD}<image href='https://example.com/a.png'/></svg>",
    f"{HEAD}<image xlink:href='//example.com/a.png'/></svg>",
    f"{HEAD}<image href='data:image/svg+xml,x'/></svg>",
    f"{HEAD}<use href='/account'/></svg>",
    f"{HEAD}<g onclick='alert(1)'/></svg>",
    f"{HEAD}<a><set attributeName='href' to='javascript:alert(1)'/></a></svg>",
    f"{HEAD}<foreignObject/></svg>",
    f"{HEAD}<s:script xmlns:s='http://www.w3.org/2000/svg'>alert(1)</s:script></svg>",
    f"{HEAD}<rect fill='&#117;rl(https://example.com/a#b)'/></svg>",
    f"{HEAD}<a href='&#106;avascript:alert(1)'/></svg>",
    f'{HEAD}<g id="a"onload="alert(1)"/></svg>',
    f"{HEAD}<rect fill='url(https://example.com/a#b)'/></svg>",
    f"{HEAD}<style>@import '/static/app.css';</style></svg>",
    f"{HEAD}<style>rect{{fill:u\\72l(https://example.com/)}}</style></svg>",
    f"{HEAD}<a.b:script xmlns:a.b='http://www.w3.org/2000/svg'>alert(1)</a.b:script></svg>",
    f"{HEAD}<é:foreignObject xmlns:é='http://www.w3.org/2000/svg'/></svg>",
    f"{HEAD}<form xmlns='http://www.w3.org/1999/xhtml' action='/login'/></svg>",
    f"{HEAD}<meta xmlns='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;/a'/></svg>",
    f"{HEAD}<a><animate attributeName='xlink:hr&#101;f' to='https://example.com/'/></a></svg>",
    f"{HEAD}<style>a{{}}<g/>@import '/a.css';</style></svg>",
    f"{HEAD}<style>rect{{background:image-set('https://example.com/a' 1x)}}</style></svg>",
    f"<?xml-stylesheet href='/a.css'?>{HEAD}</svg>",
    f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{HEAD}&a;</svg>",
]


@pytest.mark.parametrize("text", NO_PICTURES)
def test_a_picture_that_does_or_loads_something_stops_the_start(folder: Path, text: str) -> None:
    (folder / "logo.svg").write_text(text)
    assert "logo.svg" in refusal(folder)


def test_a_picture_is_as_drawing_programs_save_it(folder: Path) -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    inside = '<g id="a" style="fill:url(#b)"/><use xlink:href="#a"/><image href="data:image/png;base64,AA=="/>'
    (folder / "logo.svg").write_text(
        f"<?xml version='1.0' encoding='UTF-8'?>\n<!-- drawn -->\n{doctype}\n{HEAD}{inside}</svg>"
    )
    assert len(brand.read(str(folder))) == 3


@pytest.mark.parametrize(
    "text",
    [
        "@import 'a.css';",
        "a{background:url(//example.com/a)}",
        "a{background:URL( 'x' )}",
        "a{background:-webkit-image-set('https://example.com/a' 1x)}",
        "a{content:'/*'} b{background:url(https://example.com/a)} c{content:'*/'}",
        'a{--a:"/*"}\n@import \'a.css\';\nb{--b:"*/"}',
    ],
)
def test_a_style_that_loads_something_stops_the_start(folder: Path, text: str) -> None:
    (folder / "brand.css").write_text(text)
    assert "must load nothing" in refusal(folder)


def test_comments_of_a_style_say_what_they_like(folder: Path) -> None:
    (folder / "brand.css").write_text("/* see url(https://example.com/) */ :root { --accent: #123456 }")
    assert len(brand.read(str(folder))) == 3
