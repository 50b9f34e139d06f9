package org.precertocsp.responder.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;

final class AlertRegistryTest {
    static final AlertConfig CONFIG =
            new AlertConfig(
                    Path.of("unused"),
                    Duration.ofHours(24),
                    Duration.ofHours(1),
                    Duration.ofHours(1),
                    AlertConfig.USUAL_EXPIRY,
                    true,
                    List.of());
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final Incident SILENT =
            new Incident(Incident.Kind.LOG_SILENT, "argon", "no head for an hour");

    private final AtomicInteger numbers = new AtomicInteger(7);
    private final AlertRegistry book =
            new AlertRegistry(CONFIG, List.of(), numbers::getAndIncrement);

    @Test
    void the_same_incident_is_one_alert_with_a_count_and_the_newest_words() {
        assertThat(book.raise(SILENT, 1, START)).isPresent();
        Incident later = new Incident(SILENT.kind(), SILENT.about(), "no head for two hours");
        assertThat(book.raise(later, 5, at(60))).isEmpty();

        Alert alert = only();
        assertThat(alert.seen().count()).isEqualTo(6);
        assertThat(alert.what()).isEqualTo("no head for two hours");
        assertThat(alert.raisedAt()).isEqualTo(START);
        assertThat(alert.seen().last()).isEqualTo(at(60));
        assertThat(alert.id()).isEqualTo("261121-0007");
    }

    @Test
    void another_thing_or_another_kind_is_another_alert() {
        book.raise(SILENT, 1, START);
        book.raise(new Incident(SILENT.kind(), "xenon", ""), 1, START);
        book.raise(new Incident(Incident.Kind.LOG_UNTRUSTED, "argon", ""), 1, START);

        assertThat(book.open())
                .extracting(it -> it.severity() + " " + it.about())
                .containsExactly("CRITICAL argon", "WARNING argon", "WARNING xenon");
    }

    @Requirement({"LG-10"})
    @Test
    void after_24_hours_without_a_person_it_escalates_every_hour_and_no_earlier() {
        book.raise(SILENT, 1, START);
        assertThat(only().deadline()).isEqualTo(START.plus(Duration.ofHours(24)));

        assertThat(book.escalate(at(24 * 60 - 1))).isEmpty();
        assertThat(book.escalate(at(24 * 60)))
                .singleElement()
                .satisfies(
                        notice -> {
                            assertThat(notice.reason())
                                    .isEqualTo(AlertNotification.Reason.ESCALATED);
                            assertThat(notice.alert().severity()).isEqualTo(Severity.CRITICAL);
                        });
        assertThat(book.escalate(at(24 * 60 + 59))).isEmpty();
        assertThat(book.escalate(at(25 * 60)))
                .singleElement()
                .satisfies(it -> assertThat(it.alert().severity()).isEqualTo(Severity.EMERGENCY));
        assertThat(book.escalate(at(26 * 60))).hasSize(1);
        assertThat(only().urgency().escalations()).isEqualTo(3);
    }

    @Test
    void an_acknowledged_alert_never_escalates_and_the_first_name_stays() throws Exception {
        book.raise(SILENT, 1, START);
        String id = only().id();

        assertThat(book.acknowledge(id, by("ann", at(5)))).isPresent();
        assertThat(book.acknowledge(id, by("bob", at(6)))).isEmpty();

        assertThat(book.open()).isEmpty();
        assertThat(book.escalate(at(100_000))).isEmpty();
        assertThat(book.acknowledged())
                .singleElement()
                .satisfies(
                        it -> assertThat(it.acknowledgement().orElseThrow().by()).isEqualTo("ann"));
    }

    @Test
    void raised_again_soon_after_its_acknowledgement_it_is_the_same_alert_and_later_news()
            throws Exception {
        book.raise(SILENT, 1, START);
        book.acknowledge(only().id(), by("ann", at(5)));

        assertThat(book.raise(SILENT, 1, at(64))).isEmpty();
        assertThat(book.raise(SILENT, 1, at(65))).isPresent();
        assertThat(book.raise(SILENT, 1, at(66))).isEmpty();

        assertThat(only().seen().count()).isEqualTo(2);
        assertThat(book.acknowledged().getFirst().seen().count()).isEqualTo(2);
    }

    @Test
    void a_flood_of_different_incidents_of_a_kind_ends_in_one_alert() {
        for (int i = 0; i < AlertRegistry.MAX_OPEN_OF_A_KIND + 50; i++) {
            book.raise(new Incident(SILENT.kind(), "log " + i, "silent"), 1, START);
        }

        assertThat(book.open()).hasSize(AlertRegistry.MAX_OPEN_OF_A_KIND + 1);
        assertThat(book.open())
                .filteredOn(it -> it.about().equals(AlertRegistry.OTHERS))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.seen().count()).isEqualTo(50);
                            assertThat(it.what()).contains("log 149: silent");
                        });
    }

    @Test
    void of_the_acknowledged_the_newest_thousand_are_kept() throws Exception {
        for (int i = 0; i < AlertRegistry.MAX_ACKNOWLEDGED + 10; i++) {
            book.raise(new Incident(SILENT.kind(), "log " + i, ""), 1, at(i));
            book.acknowledge(only().id(), by("ann", at(i)));
        }

        assertThat(book.acknowledged()).hasSize(AlertRegistry.MAX_ACKNOWLEDGED);
        assertThat(book.acknowledged().getLast().about()).isEqualTo("log 10");
    }

    @Test
    void what_a_channel_took_before_an_escalation_does_not_count_after_it() {
        AlertNotification raised = book.raise(SILENT, 1, START).orElseThrow();
        book.told(raised, "pager");
        assertThat(only().urgency().told()).containsExactly("pager");

        AlertNotification escalated = book.escalate(at(24 * 60)).getFirst();
        assertThat(only().urgency().told()).isEmpty();
        book.told(raised, "pager");
        assertThat(only().urgency().told()).isEmpty();
        book.told(escalated, "pager");
        assertThat(only().urgency().told()).containsExactly("pager");
    }

    @Test
    void an_alert_ends_with_its_cause_and_channels_hear_of_an_end_that_lasts() {
        book.raise(SILENT, 1, START);

        assertThat(book.end(SILENT.kind(), "xenon", at(1))).isFalse();
        assertThat(book.end(SILENT.kind(), SILENT.about(), at(1))).isTrue();
        assertThat(book.end(SILENT.kind(), SILENT.about(), at(2))).isFalse();

        assertThat(book.open()).isEmpty();
        assertThat(book.announceEnds(at(1))).isEmpty();
        assertThat(book.announceEnds(at(1).plus(AlertRegistry.END_LASTS)))
                .singleElement()
                .satisfies(
                        notice -> {
                            assertThat(notice.reason()).isEqualTo(AlertNotification.Reason.ENDED);
                            assertThat(notice.alert().ending().orElseThrow().at()).isEqualTo(at(1));
                        });
        assertThat(book.announceEnds(at(3))).isEmpty();
        assertThat(book.escalate(at(100_000))).isEmpty();
        assertThat(book.ended()).singleElement().matches(it -> !it.isUnseen());
    }

    @Test
    void raised_again_soon_after_its_end_it_is_open_again_and_later_news() {
        book.raise(SILENT, 1, START);
        String first = only().id();
        book.end(SILENT.kind(), SILENT.about(), at(1));

        assertThat(book.raise(SILENT, 1, at(1).plusSeconds(2))).isEmpty();
        assertThat(only().id()).isEqualTo(first);
        assertThat(only().seen().count()).isEqualTo(2);
        assertThat(only().seen().reopened()).isEqualTo(1);

        book.end(SILENT.kind(), SILENT.about(), at(2));
        assertThat(book.announceEnds(at(3))).hasSize(1);
        // Its end was told, so its return is too.
        assertThat(book.raise(SILENT, 1, at(5)))
                .hasValueSatisfying(
                        it -> assertThat(it.reason()).isEqualTo(AlertNotification.Reason.RAISED));
        assertThat(only().id()).isEqualTo(first);

        book.end(SILENT.kind(), SILENT.about(), at(6));
        assertThat(book.raise(SILENT, 1, at(16))).isPresent();
        assertThat(only().id()).isNotEqualTo(first);
        assertThat(book.ended()).extracting(Alert::id).containsExactly(first);
    }

    @Test
    void a_cause_that_comes_and_goes_tells_people_a_few_times_and_stays_open() {
        int notices = 0;
        for (int minute = 0; minute < 600; minute += 2) {
            notices += book.raise(SILENT, 1, at(minute)).isPresent() ? 1 : 0;
            book.end(SILENT.kind(), SILENT.about(), at(minute + 1));
            notices += book.announceEnds(at(minute + 2)).size();
        }

        assertThat(notices).isLessThanOrEqualTo(10);
        assertThat(book.all()).hasSize(1);
    }

    @Test
    void a_critical_one_nobody_acknowledged_stays_unseen_after_its_end_without_escalating()
            throws Exception {
        Incident forked = new Incident(Incident.Kind.LOG_UNTRUSTED, "argon", "it forked");
        book.raise(forked, 1, START);
        String id = only().id();
        book.end(forked.kind(), forked.about(), at(1));

        assertThat(book.escalate(at(100_000))).isEmpty();
        assertThat(book.ended()).singleElement().matches(Alert::isUnseen);
        assertThat(book.acknowledge(id, by("ann", at(2)))).isPresent();
        assertThat(book.ended()).isEmpty();
        assertThat(book.acknowledged()).singleElement().matches(Alert::hasEnded);
    }

    @Test
    void an_acknowledged_alert_ends_too_and_its_cause_is_news_afterwards() throws Exception {
        book.raise(SILENT, 1, START);
        book.acknowledge(only().id(), by("ann", at(1)));
        book.end(SILENT.kind(), SILENT.about(), at(2));

        assertThat(book.announceEnds(at(3))).hasSize(1);
        assertThat(book.acknowledged()).singleElement().matches(Alert::hasEnded);
        // Within the time after an acknowledgement, which the end cuts short.
        assertThat(book.raise(SILENT, 1, at(13))).isPresent();
    }

    @Test
    void those_that_share_one_alert_end_with_the_last_of_them() {
        for (int i = 0; i < AlertRegistry.MAX_OPEN_OF_A_KIND + 2; i++) {
            book.raise(new Incident(SILENT.kind(), "log " + i, "silent"), 1, START);
        }

        assertThat(book.end(SILENT.kind(), "log 100", at(1))).isFalse();
        assertThat(book.end(SILENT.kind(), "log 101", at(1))).isTrue();
        assertThat(book.open()).hasSize(AlertRegistry.MAX_OPEN_OF_A_KIND);
    }

    @Test
    void of_the_ended_the_unseen_and_the_newest_are_kept() {
        Incident forked = new Incident(Incident.Kind.LOG_UNTRUSTED, "argon", "it forked");
        book.raise(forked, 1, START);
        book.end(forked.kind(), forked.about(), START);
        for (int i = 0; i < AlertRegistry.MAX_ENDED + 10; i++) {
            book.raise(new Incident(SILENT.kind(), "log " + i, ""), 1, at(i));
            book.end(SILENT.kind(), "log " + i, at(i));
            book.announceEnds(at(i + 1));
        }

        assertThat(book.ended()).hasSize(AlertRegistry.MAX_ENDED);
        assertThat(book.ended().getFirst().about()).isEqualTo("argon");
        assertThat(book.ended().getLast().about()).isEqualTo("log 11");
    }

    @Test
    void an_unknown_id_is_said_to_be() {
        assertThatThrownBy(() -> book.acknowledge("261121-ffff", by("ann", START)))
                .isInstanceOf(UnknownAlert.class)
                .hasMessageContaining("261121-ffff");
    }

    private Alert only() {
        assertThat(book.open()).hasSize(1);
        return book.open().getFirst();
    }

    private static Acknowledgement by(String name, Instant at) {
        return new Acknowledgement(name, at, "");
    }

    private static Instant at(long minutes) {
        return START.plus(Duration.ofMinutes(minutes));
    }
}
