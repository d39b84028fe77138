import asyncio
import logging
from datetime import timedelta

import pytest
from temporalio.runtime import BufferedMetricUpdate, MetricBuffer, Runtime, TelemetryConfig

from activities.standing import repeat


async def test_a_round_that_fails_is_logged_and_counted_and_the_next_one_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    buffer = MetricBuffer(1000)
    meter = Runtime(telemetry=TelemetryConfig(metrics=buffer)).metric_meter
    rounds: list[int] = []

    def work() -> None:
        rounds.append(1)
        if len(rounds) < 3:
            raise KeyError("+13035550123")

    duty = asyncio.create_task(repeat("backfill", work, timedelta(0), meter))
    async with asyncio.timeout(10):
        while len(rounds) < 4:
            await asyncio.sleep(0.01)
    duty.cancel()

    updates: list[BufferedMetricUpdate] = list(buffer.retrieve_updates())
    counted = [update for update in updates if update.metric.name == "comms_failed_rounds"]
    assert [(update.value, update.attributes["duty"]) for update in counted] == [(1, "backfill")] * 2
    failures = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.__dict__["duty"] for record in failures] == ["backfill"] * 2
