"""GET B/export: the list as a file."""

from __future__ import annotations

import csv
import io
import json

import pytest
import sqlalchemy as sa

from tests.conftest import Clock
from tests.support.client import BASE, Portal
from tests.support.quick import writing
from webapp.domain.export import EXPORTS
from webapp.settings.allowlist.export import DOWNLOADS
from webapp.storage.models import Account

URL = f"{BASE}/export"
OFFICE, VPN = "203.0.113.0/24", "2001:db8:40::/48"


@pytest.mark.parametrize(
    ("name", "extension", "media_type"),
    [
        ("csv", "csv", "text/csv"),
        ("json", "json", "application/json"),
        ("txt", "txt", "text/plain"),
        ("nginx", "conf", "text/plain"),
    ],
)
def test_the_list_is_a_file_named_by_account_and_day(
    portal: Portal, time: Clock, name: str, extension: str, media_type: str
) -> None:
    portal.set_list(OFFICE, VPN, comment="Büro")
    answer = portal.signed_in().get(f"{URL}?format={name}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, f"{media_type}; charset=utf-8")
    file_name = f"ip-allowlist-halden-freight-2026-09-25.{extension}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file_name}"'
    assert answer.text == EXPORTS[name](portal.list())


def test_every_format_can_be_downloaded(portal: Portal) -> None:
    assert list(DOWNLOADS) == list(EXPORTS)


def test_without_a_format_it_is_csv(portal: Portal) -> None:
    portal.set_list(OFFICE, comment="=1+1")
    rows = list(csv.DictReader(io.StringIO(portal.signed_in().get(URL).text)))
    assert [(row["network"], row["comment"], row["added_by"]) for row in rows] == [(OFFICE, "'=1+1", "operator")]


def test_a_file_has_every_network_whatever_is_searched_for(portal: Portal) -> None:
    networks = [f"192.0.2.{number}/32" for number in range(120)]
    portal.put_list(*networks)
    answer = portal.signed_in().get(f"{URL}?format=json&q=nothing&page=3")
    assert [one["network"] for one in json.loads(answer.text)["networks"]] == networks[::-1]


@pytest.mark.parametrize("query", ["format=xml", "format=", "format=csv&format=txt", "format=%00", "format=CSV"])
def test_another_format_is_refused(portal: Portal, query: str, htmx: bool) -> None:
    assert portal.signed_in().get(f"{URL}?{query}", htmx=htmx).status == 422


@pytest.mark.parametrize(
    ("account", "part"),
    [("Ålborg «Süd» & Co.", "alborg-sud-co"), ("北京", "ID"), ('"; x="', "x"), ("a" * 120, "a" * 60)],
)
def test_the_name_of_a_file_is_plain(portal: Portal, time: Clock, account: str, part: str) -> None:
    halden = portal.world.halden
    with writing(portal.app) as connection:
        connection.execute(sa.update(Account).where(Account.id == halden).values(name=account))
    name = f"ip-allowlist-{part.replace('ID', str(halden))}-2026-09-25.csv"
    assert portal.signed_in().get(URL).headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_an_empty_list_is_a_file_too(portal: Portal) -> None:
    assert portal.signed_in().get(f"{URL}?format=txt").text == ""


def test_a_member_gets_no_file(portal: Portal) -> None:
    portal.set_list(OFFICE)
    answer = portal.signed_in("sanne").get(URL)
    assert answer.status == 403
    assert OFFICE not in answer.text


def test_the_page_links_to_every_file(portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = portal.signed_in()
    links = [str(link["href"]) for link in dana.page().all(f"a[href^='{URL}']")]
    assert links == [f"{URL}?format={name}" for name in EXPORTS]
    assert all(dana.get(link).status == 200 for link in links)
