"""The JSON API, its OpenAPI document, Atom and CSV."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from typing import Any
from urllib.parse import quote

import feedparser
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.answers import TaggedCompany
from techwire.types import Level
from tests.web.conftest import NO_TLS
from tests.web.news import EVIL, NOW, SPELT
from web.plain import as_json, plain

API = "/api/v1"


def test_every_path_of_the_document_answers_its_own_example(client: httpx.Client) -> None:
    document = client.get(f"{API}/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert len(document["paths"]) == 10
    for path, item in document["paths"].items():
        asked = item["get"]["parameters"]
        given_ = {p["name"]: str(p["example"]) for p in asked if "example" in p}
        for parameter in (p for p in asked if p["in"] == "path"):
            path = path.replace(f"{{{parameter['name']}}}", given_.pop(parameter["name"]))
        required = {p["name"] for p in asked if p["required"]}
        query = {name: value for name, value in given_.items() if name in required}
        if path.endswith("/companies"):
            query = {"name": "Apple"}
        answer = client.get(path, params=query)
        assert answer.status_code == 200, (path, answer.text)


def fits(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str) -> None:
    """Fails where ``value`` is not what ``schema`` says."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        wanted = [one for one in schema["anyOf"] if (one.get("type") == "null") == (value is None)]
        assert wanted, f"{at}: {value!r}"
        if value is None:
            return
        fits(value, wanted[0], document, at)
        return
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
    }
    assert isinstance(value, kinds[schema["type"]]), f"{at}: {value!r} is no {schema['type']}"  # type: ignore[arg-type]
    if "enum" in schema:
        assert value in schema["enum"], at
    for name in schema.get("required", ()):
        assert name in value, f"{at} lacks {name}"
    for name, inside in schema.get("properties", {}).items():
        if name in value:
            fits(value[name], inside, document, f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for n, item in enumerate(value):
            fits(item, schema["items"], document, f"{at}[{n}]")


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/stories", "/stories?company=meta&limit=3"),
        ("/stories/{number}", "/stories/1"),
        ("/articles", "/articles?lang=fr"),
        ("/articles/{number}", "/articles/1"),
        ("/search", "/search?q=apple"),
        ("/companies", "/companies?name=META"),
        ("/companies/{name}", "/companies/meta?days=30"),
        ("/sources", "/sources"),
        ("/trends", "/trends"),
    ],
)
def test_answers_are_what_the_document_says(client: httpx.Client, path: str, asked: str) -> None:
    document = client.get(f"{API}/openapi.json").json()
    content = document["paths"][API + path]["get"]["responses"]["200"]["content"]
    answer = client.get(API + asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    fits(answer.json(), content["application/json"]["schema"], document, asked)


def test_an_unknown_name_and_a_wrong_search_are_said_in_json(client: httpx.Client) -> None:
    lost = client.get(f"{API}/companies/appel")
    assert lost.status_code == 404
    assert lost.json()["error"]["nearest"][0] == "Apple"
    wrong = client.get(f"{API}/search", params={"q": "(apple"})
    assert wrong.status_code == 400
    assert wrong.json()["error"]["position"] == 1
    assert client.get(f"{API}/search").status_code == 400
    assert "no parameter 'qq'; there are: q, limit" in client.get(f"{API}/search?qq=a").text
    assert client.get(f"{API}/stories?limit=0").status_code == 400
    assert client.post(f"{API}/stories").status_code == 405


def test_csv_of_a_list_has_one_row_an_article(client: httpx.Client) -> None:
    answer = client.get(f"{API}/articles?format=csv&company=meta")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 8
    assert rows[0]["title"] == EVIL
    assert rows[0]["companies"] == "Meta"
    assert rows[0]["published_at"] == "2026-03-01T03:00:00Z"


@pytest.mark.parametrize("table", ["source", "article", "tag", "mention", "story", "visit"])
def test_csv_of_a_table_holds_all_of_it(client: httpx.Client, table: str) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{API}/tables/{table}").text)))
    same = client.get(f"{API}/tables/{table}?format=json").json()["rows"]
    assert len(rows) == len(same) > 0
    assert list(rows[0]) == list(same[0])
    assert len(client.get(f"{API}/tables/{table}?limit=1").text.strip().splitlines()) >= 2


def test_sources_come_in_parts_each_source_once(client: httpx.Client) -> None:
    whole = client.get(f"{API}/sources").json()
    assert whole["next"] is None
    parts: list[Any] = []
    path: str | None = f"{API}/sources?limit=1"
    while path and len(parts) <= len(whole["sources"]):
        part = client.get(path).json()
        parts += part["sources"]
        path = part["next"]
    assert parts == whole["sources"]
    assert len(parts) > 1


def test_csv_says_in_a_header_where_the_next_part_is(client: httpx.Client) -> None:
    first = client.get(f"{API}/sources?limit=1&format=csv")
    second = client.get(first.links["next"]["url"])
    rows = [list(csv.DictReader(io.StringIO(part.text))) for part in (first, second)]
    assert [len(part) for part in rows] == [1, 1]
    assert rows[0] != rows[1]
    assert "next" not in client.get(f"{API}/sources").links


def test_json_has_a_line_for_each_field_of_a_row() -> None:
    row = TaggedCompany(
        id="é", name='"', relevance=0.5, level=Level.PRIMARY, confidence=1.0, known=True, mentions=0
    )
    answer = {"rows": [row, {"at": (NOW, NOW.date()), "none": {}, 1: None}], "next": None}
    text = as_json(answer)
    assert json.loads(text) == json.loads(json.dumps(plain(answer)))
    assert text.splitlines()[:5] == ["{", ' "rows": [', "  {", '   "id": "é",', '   "name": "\\"",']
    assert '   "at": ["2026-03-02T09:00:00Z", "2026-03-02"],' in text.splitlines()
    assert as_json({"rows": []}) == '{\n "rows": []\n}\n'


def test_what_is_no_json_is_not_written_as_if_it_were() -> None:
    with pytest.raises(TypeError, match="bytes is no JSON"):
        as_json({"rows": [b"raw"]})


def test_what_is_secret_or_raw_is_no_table(client: httpx.Client) -> None:
    for table in ("page", "address", "property", "watch", "alembic_version"):
        assert client.get(f"{API}/tables/{table}").status_code == 400


def test_a_search_is_an_atom_feed(client: httpx.Client) -> None:
    answer = client.get("/feed", params={"q": "company:apple"})
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert [entry.link for entry in feed.entries] == [
        SPELT,  # as it was fetched
        "https://gazette.example/atelier",
    ]
    assert feed.entries[0].id == "https://herald.example/workshop"
    assert f'href="{SPELT}"' in client.get(feed.entries[0].links[1].href).text
    assert feed.entries[1].tags[0].label == "Apple"
    assert len(feedparser.parse(client.get("/feed").content).entries) == 10


WORDS = st.text(
    st.one_of(st.sampled_from('"()-*: ORNTapple,%é\0\x1b\ud83d<&'), st.characters(codec="utf-8")),
    max_size=60,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.sampled_from(
        ["/", "/search", "/feed", "/companies", "/company/apple", f"{API}/search", f"{API}/stories"]
    ),
    name=st.sampled_from(["q", "company", "since", "until", "lang", "source", "limit", "days"]),
    value=WORDS,
)
def test_no_query_string_makes_the_server_fail(
    client: httpx.Client, path: str, name: str, value: str
) -> None:
    value = value.encode("utf-8", "replace").decode()
    answer = client.get(path, params={name: value})
    assert answer.status_code < 500, (path, name, value)
    assert answer.text


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=WORDS, limit=st.integers())
def test_no_path_makes_the_server_fail(client: httpx.Client, name: str, limit: int) -> None:
    name = quote(name.encode("utf-8", "replace").decode(), safe="")
    assert client.get(f"/company/{name}").status_code < 500
    assert client.get(f"{API}/stories?limit={limit}").status_code < 500
    assert client.get(f"/article/{abs(limit)}").status_code in (200, 404)


def _given(parameter: dict[str, Any]) -> st.SearchStrategy[str]:
    """Values of a parameter: mostly such as the document allows, its own example among them."""
    schema, example = parameter["schema"], st.just(str(parameter.get("example", "1")))
    if "enum" in schema:
        return st.sampled_from([str(choice) for choice in schema["enum"]]) | WORDS
    if schema["type"] == "integer":
        least, most = schema["minimum"], schema["maximum"]
        return st.integers(least, min(most, least + 50)).map(str) | example | st.integers().map(str)
    return example | st.sampled_from(["7d", "2026-03-01", "apple", "meta", "fr"]) | WORDS


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.data())
def test_whatever_is_asked_the_answer_is_one_the_document_has(
    client: httpx.Client, drawn: st.DataObject
) -> None:
    document = _document(client)
    template = drawn.draw(st.sampled_from(sorted(document["paths"])))
    operation = document["paths"][template]["get"]
    path, query = template, {}
    for parameter in operation["parameters"]:
        is_path = parameter["in"] == "path"
        if not (is_path or parameter["required"] or drawn.draw(st.booleans())):
            continue
        value = drawn.draw(_given(parameter)).encode("utf-8", "replace").decode()
        if is_path:
            path = path.replace(f"{{{parameter['name']}}}", quote(value or "1", safe=""))
        else:
            query[parameter["name"]] = value
    answer = client.get(path, params=query)
    told = operation["responses"].get(str(answer.status_code))
    assert told is not None, (path, query, answer.status_code)
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in told["content"], (path, query, kind)
    if kind == "application/json":
        fits(answer.json(), told["content"][kind]["schema"], document, path)


@cache
def _documents(address: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{address}{API}/openapi.json", verify=NO_TLS).json()
    return found


def _document(client: httpx.Client) -> dict[str, Any]:
    return _documents(str(client.base_url).rstrip("/"))


@pytest.mark.parametrize("asked", ["sources?format=", "trends?format=", "stories?limit="])
def test_an_empty_choice_or_number_is_none(client: httpx.Client, asked: str) -> None:
    assert client.get(f"/api/v1/{asked}").status_code == 400
