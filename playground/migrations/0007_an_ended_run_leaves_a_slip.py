"""The database itself notes each run that ends, and each number that is corrected afterwards, in the same transaction.

So nobody who ends a run can forget it, in whatever way it ends; and what is noted can be folded exactly once.
"""

from django.db import migrations

NOTE_THE_END = """
CREATE FUNCTION note_the_end_of_a_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO playground_slip (run_id, is_correction, cost, input_tokens, output_tokens, cached_tokens)
    VALUES (NEW.id, false, NEW.cost, NEW.input_tokens, NEW.output_tokens, NEW.cached_tokens);
    RETURN NULL;
END $$;

CREATE TRIGGER a_run_that_ends_leaves_a_slip AFTER UPDATE OF finished_at ON playground_run
    FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
    EXECUTE FUNCTION note_the_end_of_a_run();
CREATE TRIGGER a_run_that_begins_ended_leaves_a_slip AFTER INSERT ON playground_run
    FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL)
    EXECUTE FUNCTION note_the_end_of_a_run();
"""

NOTE_NO_END = """
DROP TRIGGER a_run_that_begins_ended_leaves_a_slip ON playground_run;
DROP TRIGGER a_run_that_ends_leaves_a_slip ON playground_run;
DROP FUNCTION note_the_end_of_a_run();
"""

NOTE_CORRECTIONS = """
CREATE FUNCTION note_the_correction_of_a_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO playground_slip (run_id, is_correction, cost, input_tokens, output_tokens, cached_tokens)
    VALUES (NEW.id, true, NEW.cost - OLD.cost, NEW.input_tokens - OLD.input_tokens,
            NEW.output_tokens - OLD.output_tokens, NEW.cached_tokens - OLD.cached_tokens);
    RETURN NULL;
END $$;

CREATE TRIGGER a_correction_leaves_a_slip AFTER UPDATE OF cost, input_tokens, output_tokens, cached_tokens
    ON playground_run FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL AND
          (NEW.cost, NEW.input_tokens, NEW.output_tokens, NEW.cached_tokens)
          IS DISTINCT FROM (OLD.cost, OLD.input_tokens, OLD.output_tokens, OLD.cached_tokens))
    EXECUTE FUNCTION note_the_correction_of_a_run();

CREATE FUNCTION note_the_adjustment_of_a_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO playground_slip (run_id, is_correction, cost, input_tokens, output_tokens, cached_tokens)
    VALUES (NEW.reservation_id, true, NEW.amount, 0, 0, 0);
    RETURN NULL;
END $$;

CREATE TRIGGER an_adjustment_leaves_a_slip AFTER INSERT ON playground_ledgerentry
    FOR EACH ROW WHEN (NEW.kind = 'adjust')
    EXECUTE FUNCTION note_the_adjustment_of_a_run();
"""

NOTE_NO_CORRECTIONS = """
DROP TRIGGER an_adjustment_leaves_a_slip ON playground_ledgerentry;
DROP FUNCTION note_the_adjustment_of_a_run();
DROP TRIGGER a_correction_leaves_a_slip ON playground_run;
DROP FUNCTION note_the_correction_of_a_run();
"""

# What ended before anybody counted.
NOTE_THE_PAST = """
INSERT INTO playground_slip (run_id, is_correction, cost, input_tokens, output_tokens, cached_tokens)
SELECT id, false, cost, input_tokens, output_tokens, cached_tokens FROM playground_run
WHERE finished_at IS NOT NULL ORDER BY finished_at;
INSERT INTO playground_slip (run_id, is_correction, cost, input_tokens, output_tokens, cached_tokens)
SELECT reservation_id, true, amount, 0, 0, 0 FROM playground_ledgerentry WHERE kind = 'adjust' ORDER BY id;
"""


class Migration(migrations.Migration):
    dependencies = [("playground", "0006_traffic_seen_from_outside")]

    operations = [
        migrations.RunSQL(NOTE_THE_END, NOTE_NO_END),
        migrations.RunSQL(NOTE_CORRECTIONS, NOTE_NO_CORRECTIONS),
        migrations.RunSQL(NOTE_THE_PAST, "DELETE FROM playground_slip"),
    ]
