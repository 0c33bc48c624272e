"""The guards of the engine, each with the way to break it and the quickest of the usual tests that notices."""

from dataclasses import dataclass

from tests.daemon.breaking import Edit

GUARDS = "tests/ledger/test_guards.py::"
TROUBLE = "tests/daemon/test_trouble.py::"
CLOCK = "tests/daemon/test_clock_and_proof.py::"
ENGINE = "tests/daemon/test_engine.py::"
INTENT = "tests/daemon/test_intent.py::"
AHEAD = "tests/daemon/test_ahead.py::"
EARLY = "tests/ledger/test_ahead.py::"
STRAYS = "tests/daemon/test_strays.py::"
FOLLOWING = "tests/daemon/test_following.py::"
CLAIMS, EVENTS, SETTLING, RECOVERY = (
    "ledger/sending/claims.py",
    "ledger/events.py",
    "ledger/sending/settling.py",
    "ledger/sending/recovery.py",
)
DELIVERING = "daemon/delivering.py"

_ADVANCE = "            advanced = self._written(Step("
_CALL_FIRST = "            _EARLY.append(self.publishers[ready.outgoing.account].publish(ready, lambda name, value: None))\n" + _ADVANCE
_LOG = "LOG = logging.getLogger(__name__)\n"
_SEND_AGAIN = """\
        elif move(connection, Move(row.id, row.fence, State.SENDING, State.QUEUED, CRASHED), now):
            touched.append(row.id)
        elif doubted(connection, row, Uncertain(CRASHED), now).state is not None:
"""

USUAL = {
    "a claim does not look at the state",
    "a taken delivery stays claimed in place of sending",
    "the marker of sending is committed after the call",
    "the lease is not looked at before the call",
    "a lost answer is taken for a failure and tried again",
    "absence is believed while the sender may still be alive",
    "who was given up may still announce its call",
    "sending goes on although a result cannot be written",
    "a jump of the clock makes posts due",
    "a ledger that was put back does not start in recovery",
    "a ledger that was set back behind our back is taken for the one that was used last",
    "a clock that was set back makes every key a fresh one",
    "what could not be taken back is sent anew all the same",
}


@dataclass(frozen=True)
class Mutant:
    """Is a broken guard; ``catcher`` is a test that passes without it and fails with it."""

    name: str
    catcher: str
    edits: tuple[Edit, ...]

    @property
    def is_usual(self) -> bool:
        """Tells whether it is one that every run tries; all of them take a minute or two."""
        return self.name in USUAL


def mutant(name: str, catcher: str, *edits: tuple[str, str, str]) -> Mutant:
    return Mutant(name, catcher, tuple(Edit(*edit) for edit in edits))


MUTANTS = (
    mutant(
        "a claim does not look at the state",
        INTENT + "test_only_what_is_queued_can_be_claimed",
        (CLAIMS, '    func.coalesce(DELIVERY.c.state, "") == State.QUEUED.value,\n    DELIVERY.c.next_at', "    DELIVERY.c.next_at"),
        (EVENTS, ', DELIVERY.c.state == bindparam("at_state"))', ")"),
    ),
    mutant(
        "a taken delivery stays claimed in place of sending",
        INTENT + "test_what_is_sent_is_committed_before_the_first_byte_leaves",
        (CLAIMS, "State.QUEUED, State.SENDING), one.now, values, by=State.CLAIMED)", "State.QUEUED, State.CLAIMED), one.now, values)"),
    ),
    mutant(
        "the marker of sending is committed after the call",
        INTENT + "test_what_is_sent_is_committed_before_the_first_byte_leaves",
        (DELIVERING, _LOG, _LOG + "_EARLY = []\n"),
        (DELIVERING, _ADVANCE, _CALL_FIRST),
        (DELIVERING, "self._send(self.publishers[claim.account], claim, envelope, started)", "_EARLY.pop()"),
    ),
    mutant(
        "an answer is settled without its fence",
        GUARDS + "test_a_late_answer_of_an_older_claim_changes_nothing_and_is_kept[sqlite]",
        (SETTLING, "row.fence != held.fence or row.state != State.SENDING.value", "row.state != State.SENDING.value"),
    ),
    mutant(
        "an id of an invisible step is kept without the fence",
        GUARDS + "test_sending_does_not_begin_when_the_claim_was_lost[sqlite]",
        (EVENTS, 'DELIVERY.c.fence == bindparam("at_fence"), ', ""),
    ),
    mutant(
        "the lease is not looked at before the call",
        TROUBLE + "test_a_machine_that_stood_still_past_its_lease_sends_nothing",
        (
            DELIVERING,
            "if timedelta(seconds=self.clock.monotonic() - started) > self.settings.lease / 2:",
            "if self.settings.lease is None:",
        ),
    ),
    mutant(
        "a lease that ran out is never taken up",
        TROUBLE + "test_a_dead_engines_claim_is_taken_up_when_its_lease_is_over",
        (RECOVERY, "row.lease_until is None or row.lease_until <= now, is_dead(row.owner)", "False, is_dead(row.owner)"),
    ),
    mutant(
        "a crash in sending is sent again in place of read back",
        GUARDS + "test_a_crash_before_sending_queues_again_and_one_while_sending_does_not[sqlite]",
        (RECOVERY, "        elif doubted(connection, row, Uncertain(CRASHED), now).state is not None:\n", _SEND_AGAIN),
    ),
    mutant(
        "a lost answer is taken for a failure and tried again",
        ENGINE + "test_a_lost_answer_is_settled_by_the_networks_proof_and_sent_once",
        (
            SETTLING,
            "            return doubted(connection, row, outcome, now)\n        case Halted",
            "            return _refused(connection, row, Refused(outcome.reason, permanent=False), now, chance)\n        case Halted",
        ),
    ),
    mutant(
        "the first look at a list that lags behind is believed",
        CLOCK + "test_a_list_that_lags_behind_is_read_three_times_before_it_proves_anything",
        (RECOVERY, "if looks < LOOKS or now - (row.sending_since or now) < SETTLE:", "if looks < 1:"),
    ),
    mutant(
        "absence is believed while the sender may still be alive",
        INTENT + "test_what_another_machine_may_still_send_is_not_sent_again",
        (RECOVERY, '"unproven": int(not dead)', '"unproven": 0'),
    ),
    mutant(
        "a network that cannot be asked is taken to say no",
        GUARDS + "test_proof_settles_a_doubt_once[sqlite]",
        (
            RECOVERY,
            "            return _look_again(connection, row, proof, now)\n",
            '            return _again(connection, row, "no", now)\n',
        ),
    ),
    mutant(
        "what is not found on a network without proof is taken to be absent",
        CLOCK + "test_a_network_that_proves_nothing_is_never_sent_to_twice",
        (RECOVERY, "    if recovery is Recovery.NONE:\n", "    if recovery is None:\n"),
    ),
    mutant(
        "who was given up may still announce its call",
        "tests/daemon/test_uncalled.py::test_a_process_that_stood_still_before_its_call_does_not_make_it_after_another_has[False]",
        (EVENTS, ', DELIVERY.c.fence == bindparam("at_fence"), DELIVERY.c.state == bindparam("at_state"))', ",)"),
    ),
    mutant(
        "a call is announced only the first time",
        "tests/daemon/test_uncalled.py::test_a_process_that_stood_still_before_its_call_does_not_make_it_after_another_has[True]",
        ("publishers/notes.py", '        self.keep(ASKED, "yes")\n', '        before or self.keep(ASKED, "yes")\n'),
    ),
    mutant(
        "a copy that was put back is asked which calls were made",
        "tests/ledger/test_copies.py::test_a_copy_does_not_know_which_calls_were_made_since",
        ("ledger/past.py", "DELIVERY.c.payload.is_not(None), ", "DELIVERY.c.payload.is_(None), "),
    ),
    mutant(
        "a call that nobody proves to be absent is taken for one that was never begun",
        "tests/ledger/test_uncalled.py::test_what_was_never_called_is_sent_although_the_network_proves_nothing[sqlite-True]",
        (RECOVERY, "    if proof.is_uncalled:\n", "    if proof:\n"),
    ),
    mutant(
        "a key is used after its network forgot it",
        CLOCK + "test_after_its_window_a_key_is_not_used_again",
        ("daemon/doubting.py", " or not now - self.settings.key_window(doubt.account) < first <= now", ""),
    ),
    mutant(
        "a clock that was set back makes every key a fresh one",
        CLOCK + "test_a_clock_set_back_does_not_make_a_call_one_that_can_be_repeated",
        (
            "daemon/doubting.py",
            "not now - self.settings.key_window(doubt.account) < first <= now",
            "now - first >= self.settings.key_window(doubt.account)",
        ),
        ("ledger/setback.py", "known = first if first is not None and first <= now else None", "known = first"),
    ),
    mutant(
        "lateness is not decided in the claim",
        GUARDS + "test_what_is_more_than_thirty_minutes_late_is_missed_in_the_claim[sqlite]",
        (CLAIMS, "    if late:\n", "    if late and False:\n"),
    ),
    mutant(
        "every kind of post is late by the rule for all",
        "tests/ledger/test_late.py::test_each_kind_of_post_is_late_by_its_own_rule_in_the_claim[sqlite-hold-missed-event]",
        ("planning/times/lateness.py", "return policy.lateness(kind_of(post))", "return Lateness(policy.late_after, policy.late)"),
    ),
    mutant(
        "what goes out late keeps its gap by the rule for all",
        ENGINE + "test_what_its_kind_calls_late_keeps_the_gap_of_what_goes_out_late_and_nothing_else_does",
        ("ledger/sending/pace.py", "policy.lateness(kind).after", "policy.late_after"),
    ),
    mutant(
        "a pause is not looked at in the claim",
        GUARDS + "test_a_pause_is_seen_in_the_claim[sqlite-all-]",
        (CLAIMS, "    ~PAUSED,\n    ~_ACCOUNT_IS_SENDING,\n)\n\n\n_DOUBTED", "    ~_ACCOUNT_IS_SENDING,\n)\n\n\n_DOUBTED"),
    ),
    mutant(
        "what the folder says now is not compared with what is sent",
        INTENT + "test_another_edition_than_the_recorded_one_cannot_be_claimed",
        (CLAIMS, "row.draft_fingerprint == one.fingerprint and row.account not in busy", "row.account not in busy"),
    ),
    mutant(
        "an equal post under another name goes out",
        GUARDS + "test_the_same_content_under_another_name_is_held[sqlite-first_became0]",
        (CLAIMS, 'if row.has_twin else ""', 'if False else ""'),
    ),
    mutant(
        "two posts of one account are sent at once",
        GUARDS + "test_two_deliveries_of_one_account_are_not_sent_at_once[sqlite]",
        (CLAIMS, "    ~PAUSED,\n    ~_ACCOUNT_IS_SENDING,\n)\n\n\n_DOUBTED", "    ~PAUSED,\n)\n\n\n_DOUBTED"),
    ),
    mutant(
        "what was frozen is made anew for the second attempt",
        ENGINE + "test_what_provably_did_not_arrive_is_sent_again_with_the_same_ids",
        (
            CLAIMS,
            "held.frozen.from_here if held.frozen is not None and is_same else envelope.after(held.frozen)",
            "envelope",
        ),
    ),
    mutant(
        "a ledger that was put back does not start in recovery",
        "tests/ledger/test_copies.py::test_what_went_out_after_the_copy_is_in_doubt_and_not_sent_again",
        ("ledger/database/copies.py", "        _begin_anew(fresh, sound.made_at, now, _offered(file))\n", ""),
    ),
    mutant(
        "a ledger that was set back behind our back is taken for the one that was used last",
        "tests/ledger/test_past.py::test_what_was_sent_since_is_in_doubt[sqlite]",
        ("ledger/past.py", "    if seen is None or _is_same(connection, seen):\n", "    if seen is None or seen:\n"),
    ),
    mutant(
        "a ledger that was set back is taken for the one that was used last once it has grown",
        "tests/ledger/test_past.py::test_a_ledger_that_has_grown_past_what_was_seen_is_found_too[sqlite]",
        ("ledger/past.py", "row is not None and _content(row) == seen.sha256", "row is not None"),
    ),
    mutant(
        "an older ledger is found, and what was sent since stays queued",
        "tests/ledger/test_past.py::test_what_was_sent_since_is_in_doubt[sqlite]",
        ("ledger/past.py", "State(row.state), State.UNCERTAIN, gap.reason)", "State(row.state), State(row.state), gap.reason)"),
    ),
    mutant(
        "a jump of the clock makes posts due",
        CLOCK + "test_what_falls_due_only_by_a_jump_of_the_clock_waits_until_the_clock_is_confirmed",
        ("daemon/timekeeping.py", "self._behind = max(timedelta(0), self._behind + off)", "self._behind = timedelta(0)"),
    ),
    mutant(
        "Retry-After is no floor",
        GUARDS + "test_a_temporary_refusal_waits_at_least_as_long_as_the_network_asks[sqlite]",
        (SETTLING, "return max(bound * chance.random(), _sensible(floor or timedelta(0)))", "return bound * chance.random()"),
    ),
    mutant(
        "a network's budget holds nothing back",
        "tests/ledger/test_pace.py::test_a_budget_that_a_post_used_up_holds_the_next_one_until_it_is_renewed[sqlite]",
        ("ledger/sending/pace.py", "    yield spent_until(connection, row.account, row.spent, now)\n", ""),
    ),
    mutant(
        "a key is used on a server that knows none",
        CLOCK + "test_the_account_s_own_server_decides_how_long_a_key_is_used[life0-1]",
        (DELIVERING, "return age < publisher.key_life()", "return age < publisher.key_life() or True"),
    ),
    mutant(
        "what the ledger took without saying so is never given back",
        TROUBLE + "test_what_the_ledger_took_without_saying_so_is_sent_once_it_answers_again",
        (DELIVERING, "                self.unsaved.doubt(step.following.wanted)\n", "                pass\n"),
    ),
    mutant(
        "a refused token pauses nothing",
        "tests/ledger/test_late.py::test_an_account_that_is_refused_is_paused_once_and_its_posts_wait[sqlite]",
        (SETTLING, "    if outcome.of_account:\n", "    if outcome.of_account and False:\n"),
    ),
    mutant(
        "the emergency journal is not replayed",
        TROUBLE + "test_a_result_that_cannot_be_written_is_found_by_the_next_start_even_without_proof",
        ("ledger/opening.py", "    ledger.replay()\n", ""),
        ("daemon/engine.py", "        self.ledger.replay()\n", ""),
    ),
    mutant(
        "sending goes on although a result cannot be written",
        INTENT + "test_nothing_more_is_sent_while_a_result_is_kept_aside",
        ("daemon/engine.py", "if self._stopping.is_set() or self._unsaved:", "if self._stopping.is_set():"),
        ("daemon/engine.py", "        done.extend(self._unsaved.save())\n", ""),
    ),
    mutant(
        "an edit opens what is out",
        ENGINE + "test_an_edit_after_it_went_out_sends_nothing",
        ("model/delivery.py", "return self in {State.PLANNED,", "return self is not None or self in {State.PLANNED,"),
    ),
    mutant(
        "the disk is not waited for",
        "tests/ledger/test_opening.py::test_sqlite_keeps_what_it_acknowledged",
        ("ledger/opening.py", "'FULL' if durable", "'NORMAL' if durable"),
    ),
    mutant(
        "transactions begin when they write",
        "tests/ledger/test_hostile.py::test_processes_that_race_for_one_account_send_one_at_a_time[sqlite]",
        ("ledger/opening.py", 'else "BEGIN IMMEDIATE"', 'else "BEGIN"'),
    ),
    mutant(
        "a late answer is forgotten where the post was set aside",
        INTENT + "test_a_late_answer_from_a_machine_that_was_given_up_settles_what_was_cancelled_meanwhile",
        (SETTLING, "row.state not in _NO_DOUBT", "row.state == State.UNCERTAIN.value"),
    ),
    mutant(
        "a lease is not renewed by the steps of a long sending",
        INTENT + "test_a_post_of_many_steps_keeps_its_claim_as_long_as_it_goes_on",
        (CLAIMS, ', "lease_until": lease_until}\n    if not known', "}\n    if not known"),
    ),
    mutant(
        "after a copy was put back, only the last hour is in doubt",
        "tests/ledger/test_copies.py::test_what_may_go_out_hours_late_is_in_doubt_too_after_a_copy_was_put_back",
        ("ledger/agenda/gaps.py", "max(due + SLACK, late_at) > self.copied_at", "due + SLACK > self.copied_at"),
    ),
    mutant(
        "after a copy was put back, a post that it does not know goes out at its time",
        "tests/ledger/test_copies.py::test_a_post_that_the_copy_does_not_know_is_in_doubt_although_its_time_is_to_come",
        ("ledger/agenda/reconciling.py", "rules.gap is not None and rules.gap.is_first:", "rules.gap is None:"),
    ),
    mutant(
        "the next process believes a clock that leapt",
        CLOCK + "test_a_jump_that_is_not_confirmed_is_not_believed_by_the_next_process_either",
        ("daemon/timekeeping.py", "        if not told:\n", "        if told or not told:\n"),
    ),
    mutant(
        "a machine that was started anew believes a clock that leapt",
        CLOCK + "test_a_machine_that_was_started_anew_with_a_wrong_clock_waits_two_minutes_and_one_of_another_name_does_not",
        ("daemon/timekeeping.py", "behind - max(timedelta(0), jumped - wall)", "timedelta(0)"),
    ),
    mutant(
        "an account waits as long as a clock that was ahead wrote",
        CLOCK + "test_a_wait_that_a_clock_wrote_which_was_ahead_is_counted_from_when_it_is_right",
        ("ledger/remembering.py", "    if since <= now:\n", "    if since:\n"),
    ),
    mutant(
        "a delivery waits as long as a clock that was ahead wrote",
        CLOCK + "test_a_wait_that_a_clock_wrote_which_was_ahead_is_counted_from_when_it_is_right",
        ("ledger/setback.py", "        if again < row.next_at:\n", "        if again > row.next_at:\n"),
    ),
    mutant(
        "a clock that was set back makes a key younger than it is",
        CLOCK + "test_a_clock_set_back_does_not_make_a_key_younger",
        ("ledger/setback.py", "doubt.first_attempt_at - by if", "doubt.first_attempt_at if"),
    ),
    mutant(
        "what could not be taken back is sent anew all the same",
        AHEAD + "test_where_the_network_cannot_be_reached_a_person_is_told_what_goes_out_when_and_where_to_remove_it",
        (
            "ledger/sending/keeping.py",
            "    if isinstance(found, Uncertain):\n        return tell(",
            "    if found is None:\n        return tell(",
        ),
    ),
    mutant(
        "what was handed over by one who lost the claim stays with the network",
        AHEAD + "test_an_answer_that_comes_after_somebody_else_took_over_is_taken_back",
        ("daemon/ahead.py", "if settled.state is None and isinstance(answer, Handed):", "if settled.state is None and answer is None:"),
    ),
    mutant(
        "a mixture of two ledgers is taken for one",
        "tests/daemon/test_setback.py::test_a_ledger_that_was_joined_with_what_a_killed_daemon_left_is_refused",
        ("daemon/seats.py", "        if left_behind(self._state) is not None:\n", "        if left_behind(self._state) is self:\n"),
    ),
    mutant(
        "what went astray is told once and forgotten",
        STRAYS + "test_it_is_tried_again_ever_more_rarely_and_gone_once_the_network_says_so",
        ("ledger/sending/ahead.py", "            went_astray(connection, held, envelope, outcome, now)\n", "            pass\n"),
    ),
    mutant(
        "a post goes out beside one that went astray",
        STRAYS + "test_it_is_a_fact_and_nothing_goes_out_beside_it",
        ("ledger/sending/strays.py", "    if state is State.QUEUED and move(", "    if state is State.CLAIMED and move("),
    ),
    mutant(
        "a post that was found in the network's lists is taken for a stray",
        STRAYS + "test_what_is_found_in_the_network_s_lists_is_no_stray",
        (
            "ledger/sending/ahead.py",
            "row.remote_id == outcome.remote_id and row.state in _SETTLED:",
            "row.remote_id == outcome.remote_id and row.state in ():",
        ),
    ),
    mutant(
        "what a network keeps follows its file before it is taken back",
        EARLY + "test_the_file_does_not_move_what_a_network_keeps[sqlite]",
        ("ledger/agenda/reconciling.py", " if state.is_open) - {State.HANDED}", " if state.is_open)"),
    ),
    mutant(
        "what is out begins anew where its file gives it a later time",
        "tests/ledger/test_recording.py::test_what_has_begun_no_longer_follows_the_file",
        ("ledger/agenda/reconciling.py", "was is State.SENT and row.remote_id.startswith(REHEARSAL)", "was is State.SENT"),
    ),
    mutant(
        "what was rehearsed begins anew by a folder that was read before",
        "tests/ledger/test_recording.py::test_what_was_only_rehearsed_begins_anew_at_a_later_time_and_at_no_other",
        ("ledger/agenda/reconciling.py", " and entry.delivery.due.utc > row.due_utc", ""),
    ),
    mutant(
        "what was rehearsed leaves when it was first tried, so that the network's window for its key seems to be over",
        "tests/ledger/test_recording.py::test_what_was_only_rehearsed_begins_anew_at_a_later_time_and_at_no_other",
        ("ledger/agenda/reconciling.py", ', "first_attempt_at": None}', "}"),
    ),
    mutant(
        "an answer to handing over is settled without its fence",
        EARLY + "test_an_answer_under_an_old_fence_changes_nothing_and_is_kept[sqlite]",
        ("ledger/sending/ahead.py", "if row.fence != held.fence or row.state not in waits:", "if row.state in {State.SENT.value}:"),
        (EVENTS, ', DELIVERY.c.state == bindparam("at_state"))', ")"),
    ),
    mutant(
        "a pause is not looked at before handing over",
        EARLY + "test_what_is_being_sent_paused_changed_or_past_is_not_taken[sqlite]",
        ("ledger/sending/ahead.py", "    _RESTED,\n    ~PAUSED,\n)", "    _RESTED,\n)"),
    ),
    mutant(
        "the first look for what was handed over is believed",
        AHEAD + "test_a_lost_answer_to_handing_over_is_settled_by_the_networks_lists[vanish]",
        (
            "ledger/sending/keeping.py",
            "    if row.checks + 1 < LOOKS or now - (row.sending_since or now) < SETTLE:",
            "    if row.checks + 1 < 1:",
        ),
    ),
    mutant(
        "what vanished from its network is sent again",
        AHEAD + "test_what_vanished_from_the_network_is_a_person_s_question",
        (
            "ledger/sending/keeping.py",
            "        case Absent():\n            return _gone(connection, row, now)\n        case Uncertain():",
            "        case Absent():\n            return taken_back(connection, item, found, item.told, now)\n        case Uncertain():",
        ),
    ),
    mutant(
        "what is out goes out once more where its account gets another name",
        FOLLOWING + "test_a_post_that_is_out_is_not_sent_again_because_its_account_gets_another_name",
        ("ledger/agenda/reconciling.py", '(name := before.get(_run_of(entry), ""))', '(name := "")'),
    ),
    mutant(
        "what was sent to one server is looked for on the one that the account is on now",
        FOLLOWING + "test_what_was_sent_before_its_account_was_led_to_another_server_is_not_sent_there",
        (
            "publishers/standing.py",
            "return self._publisher.find(envelope) if envelope.is_for(self._place) else self._elsewhere()",
            "return self._publisher.find(envelope)",
        ),
    ),
)
