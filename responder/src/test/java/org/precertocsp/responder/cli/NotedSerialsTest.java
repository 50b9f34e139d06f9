package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Facts;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.Sighting;

final class NotedSerialsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final FedIssuer ISSUER =
            new FedIssuer(
                    "ours", List.of(TestCa.root("Noted CA").certificate()), IssuerProfile.TLS);

    private static Sighting sighting(long serial, boolean assigned, Sighting.State state) {
        return new Sighting(
                new SerialKey(ISSUER.key(), Facts.key(serial).serial()),
                new Sighting.LoggedDocument(
                        "Test 2026", 42, NOW, AssignedBy.PRECERTIFICATE, Facts.sha256("document")),
                assigned,
                NOW.minusSeconds(serial),
                state);
    }

    private static NotedSerials noted(Sighting... sightings) {
        return NotedSerials.read(
                (_, each) -> List.of(sightings).forEach(each), List.of(ISSUER), NOW);
    }

    @Test
    @Requirement("CT-20")
    void incidents_and_what_the_feed_is_long_late_with_are_told() {
        NotedSerials noted =
                noted(
                        sighting(1, true, new Sighting.State.Incident(NOW)),
                        sighting(2, false, new Sighting.State.Incident(NOW)),
                        sighting(3, true, new Sighting.State.FedLate(NOW, NOW)),
                        sighting(900, true, new Sighting.State.Waiting()),
                        sighting(901, true, new Sighting.State.Waiting()));

        assertThat(noted.descriptions().keySet())
                .extracting(key -> key.serial().number().intValue())
                .containsExactlyInAnyOrder(1, 2, 901);
        assertThat(noted.descriptions().values())
                .allMatch(text -> text.contains("Test 2026, entry 42"))
                .filteredOn(text -> text.contains("not assigned"))
                .hasSize(1);
    }

    @Test
    void serials_come_in_pages() {
        NotedSerials noted =
                noted(
                        sighting(3, true, new Sighting.State.Incident(NOW)),
                        sighting(1, true, new Sighting.State.Incident(NOW)),
                        sighting(2, true, new Sighting.State.Incident(NOW)));

        List<Serial> first = noted.serials(ISSUER.key(), Optional.empty(), 2);
        assertThat(first).extracting(Serial::toHex).containsExactly("01", "02");
        assertThat(noted.serials(ISSUER.key(), Optional.of(first.getLast()), 2))
                .extracting(Serial::toHex)
                .containsExactly("03");
        assertThat(noted.serials(Facts.ISSUER, Optional.empty(), 2)).isEmpty();
    }
}
