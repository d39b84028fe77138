"""Measures through the API: definitions beside the figures."""

from tests.starter.conftest import Api


async def test_every_measure_is_defined_where_it_is_read(api: Api) -> None:
    await api.started()
    listed = (await api.get("/v1/measures")).json()

    assert len(listed) == 12
    for one in listed:
        assert all(
            one[name]
            for name in ("name", "formula", "numerator", "denominator", "unit", "left_out", "tables", "moment")
        )
        answer = await api.get(f"/v1/measures/{one['key']}", by="sales-ops")
        assert answer.status_code == 200, answer.text
        assert answer.json()["definition"] == one


async def test_a_figure_says_of_what_it_is_and_as_of_when(api: Api) -> None:
    await api.started()
    answer = await api.http.get(
        "/v1/measures/response_time",
        headers=api.shows("sales-ops"),
        params={"by": "client", "client": "acme-plumbing", "from": "2026-11-01T00:00:00Z"},
    )
    row = answer.json()["rows"][0]

    assert (row["client"], row["numerator"], row["denominator"], row["value"]) == ("acme-plumbing", 0, 1, None)
    assert (row["unit"], row["period_from"]) == ("seconds", "2026-11-01T00:00:00Z")
    assert row["as_of"]


async def test_what_cannot_be_measured_is_refused_in_words(api: Api) -> None:
    turned = {"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}

    assert (await api.get("/v1/measures/happiness")).status_code == 404
    assert (await api.get("/v1/measures/reply_rate", client="nobody")).status_code == 404
    assert (await api.get("/v1/measures/reply_rate", **turned)).status_code == 422
