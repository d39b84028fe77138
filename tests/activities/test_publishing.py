"""A workflow publishes and takes back what was reviewed; what travels is ids and states."""

from temporalio.testing import ActivityEnvironment

from activities.publishing import PublishingActivities
from models.database.portal.of_workflows import PostsOfWorkflows
from models.portal.standing import PostState, WhyNotPublished
from models.portal.travelling import PostReference
from tests.database.portal.desk import PostDesk, employ_a_privacy_reviewer
from tests.database.world import World


def test_a_workflow_publishes_what_was_reviewed_and_takes_it_back(world: World) -> None:
    employ_a_privacy_reviewer(world.engine)
    desk = PostDesk(world.engine, world.client, world.request())
    post = PostReference(run_id=desk.run, post_id=desk.stage().post_id)
    publishing, within = PublishingActivities(PostsOfWorkflows(world.engine)), ActivityEnvironment()

    assert within.run(publishing.publish, post).refusal is WhyNotPublished.OWNER_APPROVAL_MISSING
    desk.review_twice(post.post_id)
    published = within.run(publishing.publish, post)
    assert (published.is_published, within.run(publishing.publish, post)) == (True, published)
    assert within.run(publishing.look_at_post, post).is_current
    assert within.run(publishing.withdraw, post)
    assert not within.run(publishing.withdraw, post)
    standing = within.run(publishing.look_at_post, post)
    assert standing.state is PostState.WITHDRAWN
    assert "October" not in standing.model_dump_json() + published.model_dump_json()
