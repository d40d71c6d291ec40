"""Real files: what providers publish, servers are configured by, and spreadsheets save (R13).

Each is read right, or refused with the line and the reason; what is too large with the limit.
"""

from __future__ import annotations

import sys

import pytest

from tests.support.providers import CLOUDFLARE, CLOUDFLARE_IPV6, FILES, GOOGLE_SPF, excel, published
from webapp.domain.reading.decoding import decode
from webapp.domain.reading.read import Reading, read
from webapp.domain.reading.unreadable import Unreadable

WHOLE = 6_000  # networks: about as many as the longest of these have
COMMENTS = {
    "AWS": "S3, eu-west-1",
    "Azure": "Sql.Region0, region0",
    "Google Cloud": "Google Cloud",
    "geofeed": "NO,NO-03,Oslo,0150",
    "nginx": "site 0",
    "Excel": "Büro 0; Süd",
    "Terraform": "site 0",
    "OPNsense": "site_0, Site 0",
    "pfSense": "Site 0",
}
# What else a configuration says is no network, and may be left out.
ERRORS = {
    "nginx": [
        ("address_syntax", "    satisfy all;"),
        ("negation", "    deny all;"),
        ("url", "    proxy_pass http://portal;"),
    ]
}


def reading_of(file: str | bytes) -> Reading:
    """Return what is read of a file, as it would be uploaded."""
    return read(decode(file if isinstance(file, bytes) else file.encode()))


@pytest.mark.parametrize("count", [7, 900])
@pytest.mark.parametrize("name", FILES)
def test_each_network_of_a_file_is_read_in_its_place_with_what_is_said_of_it(name: str, count: int) -> None:
    reading = reading_of(FILES[name](published(count)))
    found = [line for line in reading.lines if line.network]
    assert [str(line.network) for line in found] == published(count)
    assert found[0].comment == COMMENTS.get(name)
    wrong = [(line.problem.code, line.text) for line in reading.lines if line.problem]
    assert wrong == ERRORS.get(name, [])


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_of_six_thousand_networks_is_refused_by_the_limit(name: str) -> None:
    with pytest.raises(Unreadable) as caught:
        reading_of(FILES[name](published(WHOLE)))
    assert caught.value.problem in {"too_many_networks", "too_large"}
    assert "1,000" in caught.value.message or "256 KB" in caught.value.message


@pytest.mark.parametrize("text", [CLOUDFLARE, CLOUDFLARE_IPV6, CLOUDFLARE + CLOUDFLARE_IPV6])
def test_cloudflares_lists_are_read_as_they_are(text: str) -> None:
    assert [str(line.network) for line in reading_of(text).lines] == text.split()


@pytest.mark.parametrize("around", ["{}", '"{}"', '_netblocks.google.com. 3600 IN TXT "{}"', "# mail\n{}\n"])
def test_googles_spf_record_is_read_as_it_is_and_in_a_zone(around: str) -> None:
    found = reading_of(around.format(GOOGLE_SPF)).lines
    assert [f"ip4:{line.network}" for line in found] == GOOGLE_SPF.split()[1:-1]


def test_a_sheet_of_excel_in_another_encoding_is_refused_with_the_way_out() -> None:
    text = decode(excel(published(3)))
    with pytest.raises(Unreadable, match=r"line 2\. Save the file as UTF-8"):
        decode(text.encode("cp1252"))
    with pytest.raises(Unreadable, match=r"NUL characters\. Save it as CSV"):
        decode(text.encode("utf-16-le" if sys.byteorder == "little" else "utf-16-be"))


def test_a_sheet_whose_columns_have_other_names_is_read_by_its_lines_and_the_first_is_an_error() -> None:
    first, *others = reading_of("Netz;Bemerkung\r\n203.0.113.0/24;Büro\r\n".encode("utf-16")).lines
    assert (first.number, first.problem and first.problem.code) == (1, "address_syntax")
    assert [(str(line.network), line.comment) for line in others] == [("203.0.113.0/24", "Büro")]


FIREWALLS = """\
<address>203.0.113.0/24 192.0.2.7</address>
set subnet 203.0.113.0 255.255.255.0
add address=203.0.113.0/24 comment=Office list=allowed
add address=192.0.2.7 list=allowed
permit ip 203.0.113.0 0.0.0.255 any
"""


def test_what_other_firewalls_export_is_refused_line_by_line_with_what_may_be_meant() -> None:
    found = [(line.number, line.problem and line.problem.corrections) for line in reading_of(FIREWALLS).lines]
    office, home = ("203.0.113.0/24",), ("192.0.2.7/32",)
    assert found == [(1, office), (1, home), (2, office), (3, office), (4, home), (5, office)]
