"""What may leave an activity as an error. Histories and logs see class names and codes, never the text of a driver."""

from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.errors import CommsError, TryAgain


class _Boundary(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except (ApplicationError, CancelledError):
            raise
        except TryAgain as error:
            raise ApplicationError(str(error), type="TryAgain", next_retry_delay=error.after) from None
        except CommsError as error:
            raise ApplicationError(str(error), type=type(error).__name__) from None
        except Exception as error:
            activity.logger.exception("activity failed")
            raise ApplicationError("unexpected error", type=type(error).__name__) from None


class ErrorBoundary(Interceptor):
    """Translates every error of every activity of a worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Return the boundary around the activity."""
        return _Boundary(next)
