"""A run on a whole stack: one trace from the request to the providers, metrics beside it, nothing personal in either."""

from tests.observability.conftest import CALLERS_TRACE, PERSONAL, Watched


def test_one_trace_leads_from_the_request_through_the_workflow_to_the_providers(watched: Watched) -> None:
    spans = [span for span in watched.spans if span["trace"] == CALLERS_TRACE]
    by_id = {span["span"]: span for span in spans}

    def way(span: dict[str, str]) -> list[str]:
        names = [span["name"]]
        while span := by_id.get(span["parent"], {}):
            names.append(span["name"])
        return names[::-1]

    beginning = [
        "POST /v1/outreach",
        "StartWorkflow:OutreachSequence",
        "RunWorkflow:OutreachSequence",
    ]
    ways = [way(span) for span in spans]
    text = "POST /2010-04-01/Accounts/{}/Messages.json"
    assert [*beginning, "StartActivity:send", "RunActivity:send", text] in ways
    assert [*beginning, "StartActivity:send", "RunActivity:send", "SESv2.SendEmail"] in ways
    upsert = "POST /crm/v3/objects/contacts/batch/upsert"
    assert [*beginning, "StartActivity:hand_to_crm", "RunActivity:hand_to_crm", upsert] in ways
    assert ["POST /v1/outreach", "INSERT lead"] in ways
    assert any(name[-1] == "SignalWorkflow:nudge" for name in ways)
    assert {span["service"] for span in spans} == {"comms-api", "comms-relay", "comms-worker"}


def test_a_workflow_has_one_span(watched: Watched) -> None:
    workflow = [span for span in watched.spans if span["name"] == "RunWorkflow:OutreachSequence"]
    assert [span["attributes"]["temporalWorkflowID"] for span in workflow] == [f"outreach/{watched.run_id}"]


def test_polling_begins_no_traces(watched: Watched) -> None:
    begins = {span["name"] for span in watched.spans if not span["parent"]}
    assert not {name for name in begins if name.startswith(("SELECT", "UPDATE", "SQS"))}


def test_the_service_and_temporal_are_measured(watched: Watched) -> None:
    for name in (
        "comms_provider_calls",
        "comms_send_results",
        "comms_outbox_rows",
        "comms_inbox_waiting",
        "comms_inbox_oldest_waiting_seconds",
        "comms_http_request_seconds",
        "comms_web_hooks_refused",
        "temporal_workflow_completed",
        "/webhooks/twilio/status/{token}",
    ):
        assert name in watched.metrics, name


def test_nothing_personal_leaves_in_traces_metrics_and_logs(watched: Watched) -> None:
    assert watched.run["outcome"] == "replied"
    assert len(watched.callback_tokens) >= 2
    for secret in (*PERSONAL, *watched.callback_tokens, "zephyrine-token"):
        for kind, seen in (("traces", watched.exported), ("metrics", watched.metrics), ("logs", watched.logs)):
            assert secret not in seen.lower(), f"{secret} in {kind}"


def test_log_lines_name_the_trace_they_belong_to(watched: Watched) -> None:
    assert '"trace": "' in watched.logs
