"""How many tokens providers count, learnt from the runs that ended: the estimates of the next ones stand on it."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from playground.catalog.models import TokenRate
from playground.catalog.token_rates import Lesson, learn

# Below that a question is mostly what the provider wraps it in.
SMALLEST_GUESS = 20
# Who starts late does not read years.
FURTHEST_BACK = timedelta(days=30)

# Only what the provider counted itself, of the model that was asked; an image's tokens are not in the guess.
LESSONS = """
SELECT model_id, script,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY input_tokens::float / input_token_guess),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY output_tokens),
       count(*), max(finished_at)
FROM playground_run
WHERE created_at > %(began)s AND finished_at > %(since)s AND state = 'done' AND model_id IS NOT NULL
      AND script <> '' AND input_token_guess >= %(smallest)s AND input_tokens > 0 AND image_count = 0
      AND NOT cost_is_estimated AND NOT fell_back
GROUP BY GROUPING SETS ((model_id, script), (script))
"""


def learn_from_runs() -> int:
    """Learn from what ended since the last lesson, and say how many runs of all models that were."""
    since = TokenRate.objects.aggregate(last=Max("learnt_until"))["last"] or timezone.now() - FURTHEST_BACK
    # A run lies in the table where it began: that keeps the question to the last blocks of it.
    began = since - timedelta(seconds=settings.RUN_TOTAL_SECONDS + 3600)
    with connection.cursor() as cursor:
        cursor.execute(LESSONS, {"began": began, "since": since, "smallest": SMALLEST_GUESS})
        lessons = [Lesson(*row) for row in cursor.fetchall()]
    learn(lessons)
    return sum(lesson.runs for lesson in lessons if lesson.model_id is None)
