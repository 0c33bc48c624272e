"""Why a whole post cannot be planned: no time, no event, one that is cancelled, or a campaign’s file that cannot be read."""

from scheduler.model.post import Event
from scheduler.postfiles.lines.slips import Slip
from scheduler.postfiles.parsing import Parsed

MISSING_WHEN = Slip(
    rule="missing-when",
    message="this post does not say when it should go out",
    label="a line with  when:  is missing",
    consequence="without a time the post is never sent",
    fix="when: 2027-04-14 12:00",
)

EVENT_ALONE = Slip(
    rule="missing-when",
    message="this file describes an event, and says of no post when it should go out",
    label="an event has no time at which it is sent",
    consequence="nothing of it is sent",
    fix="call the file _campaign.md, and write the posts beside it; or write them here:  ## Reminder | 1 week before, 18:00",
)

NO_EVENT = Slip(
    rule="no-event",
    message="this time is counted from an event, and this post belongs to none",
    label="before or after what?",
    consequence="without a time the post is never sent",
    fix="write a date, or describe the event in _campaign.md in the same folder (kind: event, starts: …)",
)


def cancelled(event: Event) -> Slip:
    """Returns why nothing of a cancelled event is sent."""
    return Slip(
        rule="event-cancelled",
        message=f"the event “{event.title}” is cancelled",
        label=f"see {event.path}",
        consequence="none of its posts is sent",
        fix="delete  cancelled: yes  there if it takes place after all",
    )


def campaign_broken(broken: Parsed) -> Slip:
    """Returns why a post waits whose campaign’s own file has a mistake."""
    error = next(finding for finding in broken.findings if finding.is_error)
    return Slip(
        rule="campaign-unreadable",
        message=f"the campaign’s own file has a mistake: {error.message}",
        label=f"see {broken.path}, line {error.span.line}",
        consequence="nobody can tell what this post inherits, so it is held",
        fix=f"mend {broken.path} first",
    )
