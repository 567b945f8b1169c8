"""What the database itself forbids, whoever asks: the last wall behind the conditional updates of the ledger."""

from django.db import migrations

WRITE_ONCE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is forbidden, write a new row instead', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER ledger_entries_are_never_changed BEFORE UPDATE OR DELETE ON playground_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER prices_are_never_changed BEFORE UPDATE OR DELETE ON playground_price
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

NOTHING_WRITE_ONCE = """
DROP TRIGGER prices_are_never_changed ON playground_price;
DROP TRIGGER ledger_entries_are_never_changed ON playground_ledgerentry;
DROP FUNCTION refuse_change();
"""

WITHIN_THE_LIMIT = """
CREATE FUNCTION refuse_reserving_past_the_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'quota window % may not reserve past its limit: % reserved + % settled > %',
        NEW.id, NEW.reserved, NEW.settled, NEW."limit" USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER nothing_is_reserved_past_the_limit BEFORE UPDATE OF reserved ON playground_quotawindow
    FOR EACH ROW
    WHEN (NEW.reserved > OLD.reserved AND NEW.reserved + NEW.settled > NEW."limit")
    EXECUTE FUNCTION refuse_reserving_past_the_limit();
CREATE TRIGGER a_window_begins_within_its_limit BEFORE INSERT ON playground_quotawindow
    FOR EACH ROW
    WHEN (NEW.reserved + NEW.settled > NEW."limit")
    EXECUTE FUNCTION refuse_reserving_past_the_limit();
"""

NOT_WITHIN_THE_LIMIT = """
DROP TRIGGER a_window_begins_within_its_limit ON playground_quotawindow;
DROP TRIGGER nothing_is_reserved_past_the_limit ON playground_quotawindow;
DROP FUNCTION refuse_reserving_past_the_limit();
"""

CLOSED_ONCE = """
CREATE FUNCTION refuse_changing_a_closed_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'reservation % is % and was counted: it may not be closed again, reopened or changed in amount',
        OLD.run_id, OLD.state USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER a_reservation_leaves_held_once BEFORE UPDATE ON playground_reservation
    FOR EACH ROW
    WHEN (OLD.state <> 'held' AND (NEW.state <> OLD.state OR NEW.amount <> OLD.amount)
          OR NEW.window_ids <> OLD.window_ids OR NEW.run_id <> OLD.run_id)
    EXECUTE FUNCTION refuse_changing_a_closed_reservation();
"""

NOT_CLOSED_ONCE = """
DROP TRIGGER a_reservation_leaves_held_once ON playground_reservation;
DROP FUNCTION refuse_changing_a_closed_reservation();
"""

# Windows are updated all day: room in their pages keeps those updates on the page and out of the indexes.
ROOM_FOR_UPDATES = "ALTER TABLE playground_quotawindow SET (fillfactor = 50)"
NO_ROOM_FOR_UPDATES = "ALTER TABLE playground_quotawindow RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("playground", "0001_initial")]

    operations = [
        migrations.RunSQL(WRITE_ONCE, NOTHING_WRITE_ONCE),
        migrations.RunSQL(WITHIN_THE_LIMIT, NOT_WITHIN_THE_LIMIT),
        migrations.RunSQL(CLOSED_ONCE, NOT_CLOSED_ONCE),
        migrations.RunSQL(ROOM_FOR_UPDATES, NO_ROOM_FOR_UPDATES),
    ]
