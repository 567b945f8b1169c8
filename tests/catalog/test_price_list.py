"""A list of prices: read line by line, shown before it is written, and written once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from playground.catalog.models import Deployment, Model, Price
from playground.catalog.price_import import Verdict, apply, preview
from playground.catalog.price_list import ListUnreadable, read

HEAD = "provider,model,input,output\n"


@pytest.fixture
def admin(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def verdicts(text: str) -> list[str]:
    return [change.verdict.value for change in preview(read(text))]


def test_it_says_what_each_line_would_do(model: Model, make_deployment: Callable[..., Deployment]) -> None:
    unpriced = model.deployments.create(provider=model.deployments.get().provider, name="new-one")
    text = f"{HEAD},demo-quick,2,8\n,new-one,1,4\n,nobody-serves-it,1,1\n\n,demo-quick,abc,1\n"
    found = preview(read(text))
    assert [(change.line.number, change.verdict) for change in found] == [
        (2, Verdict.CHANGED), (3, Verdict.NEW), (4, Verdict.BAD), (6, Verdict.BAD)
    ]  # fmt: skip
    assert found[0].before is not None
    assert (found[0].before["input"], found[1].deployment) == (1_000_000, unpriced)
    assert Price.objects.count() == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_reads_what_spreadsheets_write(model: Model, delimiter: str) -> None:
    text = f"\ufeff{HEAD},quick,2.50,8\r\n".replace(",", delimiter).replace("\r\n", "\n")
    [change] = preview(read(text))
    assert change.after is not None
    assert (change.after["input"], change.after["cache_write"], change.after["output"]) == (2_500_000,) * 2 + (
        8_000_000,
    )


@pytest.mark.parametrize("wrap", [list, lambda rows: {"prices": rows}])
def test_it_reads_json_without_rounding(model: Model, wrap: Callable[[list[object]], object]) -> None:
    [change] = preview(read(json.dumps(wrap([{"model": "quick", "input": 0.1, "output": 1e-05, "image": None}]))))
    assert change.after is not None
    assert (change.after["input"], change.after["output"], change.after["image"]) == (100_000, 10, 0)


@pytest.mark.parametrize(
    "amount", ["abc", "-1", "2,50", "1e400", "NaN", "0.0000001", "9" * 30, "1 2", "=1+1"]
)  # fmt: skip
def test_an_amount_that_could_be_misread_is_a_mistake(model: Model, amount: str) -> None:
    assert verdicts(f"{HEAD},quick,{json.dumps(amount)},1\n") == ["bad"]


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "model,input\n", "model,input,output,colour\n", "[1, 2", '{"models": []}', '"text"', "[" * 9999],
)
def test_what_is_no_list_says_why(db: None, text: str) -> None:
    with pytest.raises(ListUnreadable):
        read(text)


@pytest.mark.parametrize(
    "row", ["1", "null", '{"model": "quick"}', '{"model": "quick", "input": 1, "output": 1, "x": 1}']
)
def test_a_row_of_json_that_is_none_is_a_mistake(model: Model, row: str) -> None:
    assert verdicts(f"[{row}]") == ["bad"]


def test_what_is_as_it_is_changes_nothing(model: Model) -> None:
    assert verdicts("model,input,cached_input,output\nquick,1,0.1,4\n") == ["same"]


def test_a_price_begins_on_its_day_in_the_companys_time(model: Model, dana: User) -> None:
    apply(read("model,effective_from,input,output\nquick,2099-01-01,2,8\n"), actor=dana)
    assert Price.objects.latest("effective_from").effective_from.isoformat() == "2099-01-01T03:00:00+00:00"


def test_the_past_is_not_written_again(model: Model) -> None:
    assert verdicts("model,effective_from,input,output\nquick,2019-01-01,2,8\n") == ["bad"]
    assert verdicts("model,effective_from,input,output\nquick,31.12.2099,2,8\n") == ["bad"]


def test_one_line_may_set_only_one_price(model: Model) -> None:
    assert verdicts(f"{HEAD},quick,2,8\n,demo-quick,3,8\n") == ["changed", "bad"]


def test_a_model_in_two_places_is_priced_in_both_or_in_the_named_one(
    model: Model, make_deployment: Callable[..., Deployment]
) -> None:
    other = make_deployment(model, kind="openai", name="demo-quick").provider
    assert verdicts(f"{HEAD},quick,2,8\n") == ["changed", "changed"]
    assert verdicts(f"{HEAD}{other.slug},quick,2,8\n") == ["changed"]


def test_applied_twice_it_writes_once(model: Model, dana: User) -> None:
    lines = read(f"{HEAD},quick,2,8\n")
    assert [change.verdict for change in apply(lines, actor=dana)] == ["changed"]
    assert [change.verdict for change in apply(lines, actor=dana)] == ["same"]
    assert Price.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_applied_twice_at_once_it_writes_once(model: Model, dana: User) -> None:
    def apply_it(_: int) -> None:
        apply(read(f"{HEAD},quick,2,8\n"), actor=dana)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(apply_it, range(8)))
    assert Price.objects.count() == 2


def test_the_page_shows_and_then_writes(admin: Client, model: Model) -> None:
    text = f"{HEAD},quick,2,8\n,unknown,1,1\n"
    page = admin.post("/models/-/prices/preview/", {"text": text}).content.decode()
    assert all(words in page for words in ("$2.00", "Write 1 price", "No provider here serves", "unknown"))
    assert Price.objects.count() == 1
    answer = admin.post("/models/-/prices/apply/", {"text": text})
    assert answer.status_code == 422  # the bad line is still there, to be mended
    assert ",unknown,1,1" in answer.content.decode()
    assert Price.objects.count() == 2


def test_a_file_is_read_too(admin: Client, model: Model) -> None:
    file = SimpleUploadedFile("prices.csv", f"{HEAD},quick,2,8\r\n".encode("utf-8-sig"))
    assert "Write 1 price" in admin.post("/models/-/prices/preview/", {"file": file}).content.decode()
    latin = SimpleUploadedFile("prices.csv", "model,input,output\nção,1,1".encode("latin-1"))
    assert admin.post("/models/-/prices/preview/", {"file": latin}).status_code == 422


def test_todays_prices_come_back_as_they_are(admin: Client, model: Model) -> None:
    text = admin.get("/models/-/prices.csv").content.decode()
    assert verdicts(text) == ["same"]


@pytest.mark.parametrize("path", ["/models/-/prices/preview/", "/models/-/prices/apply/"])
def test_an_empty_form_is_an_error(admin: Client, path: str) -> None:
    assert admin.post(path, {"text": " "}).status_code == 422


@pytest.mark.parametrize("amount", ["free", "1e", "1e999999999", "1e-999999999", True, {"e": 1}])
def test_what_only_looks_like_an_exponent_is_a_mistake(model: Model, amount: object) -> None:
    assert verdicts(json.dumps([{"model": "quick", "input": amount, "output": "1"}])) == ["bad"]


def test_a_cell_longer_than_any_is_said(db: None) -> None:
    with pytest.raises(ListUnreadable, match="longer"):
        read(f"{HEAD},{'x' * 200_000},1,1\n")


def test_no_price_begins_after_the_last_day_of_all_calendars(admin: Client, model: Model) -> None:
    assert verdicts("model,effective_from,input,output\nquick,9999-12-31,2,8\n") == ["bad"]
    deployment = model.deployments.get()
    price = {"input": "2", "output": "8", "effective_from": "9999-12-31T23:59"}
    assert admin.post(f"/models/{model.slug}/prices/{deployment.pk}/", price).status_code == 422
    assert admin.get(f"/models/{model.slug}/").status_code == 200
