package org.precertocsp.responder.alert.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.responder.alert.Acknowledgement;
import org.precertocsp.responder.alert.Alert;
import org.precertocsp.responder.alert.AlertConfig;
import org.precertocsp.responder.alert.Alerts.UnknownAlert;
import org.precertocsp.responder.alert.Incident;
import org.precertocsp.responder.alert.Notice;
import org.precertocsp.responder.alert.Severity;

final class AlertBookTest {
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
    private final AlertBook book = new AlertBook(CONFIG, List.of(), numbers::getAndIncrement);

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
                            assertThat(notice.reason()).isEqualTo(Notice.Reason.ESCALATED);
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
        for (int i = 0; i < AlertBook.MAX_OPEN_OF_A_KIND + 50; i++) {
            book.raise(new Incident(SILENT.kind(), "log " + i, "silent"), 1, START);
        }

        assertThat(book.open()).hasSize(AlertBook.MAX_OPEN_OF_A_KIND + 1);
        assertThat(book.open())
                .filteredOn(it -> it.about().equals(AlertBook.OTHERS))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.seen().count()).isEqualTo(50);
                            assertThat(it.what()).contains("log 149: silent");
                        });
    }

    @Test
    void of_the_acknowledged_the_newest_thousand_are_kept() throws Exception {
        for (int i = 0; i < AlertBook.MAX_ACKNOWLEDGED + 10; i++) {
            book.raise(new Incident(SILENT.kind(), "log " + i, ""), 1, at(i));
            book.acknowledge(only().id(), by("ann", at(i)));
        }

        assertThat(book.acknowledged()).hasSize(AlertBook.MAX_ACKNOWLEDGED);
        assertThat(book.acknowledged().getLast().about()).isEqualTo("log 10");
    }

    @Test
    void what_a_channel_took_before_an_escalation_does_not_count_after_it() {
        Notice raised = book.raise(SILENT, 1, START).orElseThrow();
        book.told(raised, "pager");
        assertThat(only().urgency().told()).containsExactly("pager");

        Notice escalated = book.escalate(at(24 * 60)).getFirst();
        assertThat(only().urgency().told()).isEmpty();
        book.told(raised, "pager");
        assertThat(only().urgency().told()).isEmpty();
        book.told(escalated, "pager");
        assertThat(only().urgency().told()).containsExactly("pager");
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
