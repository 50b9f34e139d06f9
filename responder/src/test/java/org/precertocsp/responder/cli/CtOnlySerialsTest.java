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
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CtObservation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.TestChanges;

final class CtOnlySerialsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final ConfiguredIssuer ISSUER =
            new ConfiguredIssuer(
                    "ours", List.of(TestCa.root("Noted CA").certificate()), IssuerProfile.TLS);

    private static CtObservation sighting(
            long serial, boolean assigned, CtObservation.State state) {
        return new CtObservation(
                new SerialKey(ISSUER.key(), TestChanges.key(serial).serial()),
                new CtObservation.LoggedDocument(
                        "Test 2026",
                        42,
                        NOW,
                        AssignedBy.PRECERTIFICATE,
                        TestChanges.sha256("document")),
                assigned,
                NOW.minusSeconds(serial),
                state);
    }

    private static CtOnlySerials noted(CtObservation... sightings) {
        return CtOnlySerials.read(
                (_, each) -> List.of(sightings).forEach(each), List.of(ISSUER), NOW);
    }

    @Test
    @Requirement("CT-20")
    void incidents_and_what_the_feed_is_long_late_with_are_told() {
        CtOnlySerials noted =
                noted(
                        sighting(1, true, new CtObservation.State.Incident(NOW)),
                        sighting(2, false, new CtObservation.State.Incident(NOW)),
                        sighting(3, true, new CtObservation.State.FedLate(NOW, NOW)),
                        sighting(900, true, new CtObservation.State.Waiting()),
                        sighting(901, true, new CtObservation.State.Waiting()));

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
        CtOnlySerials noted =
                noted(
                        sighting(3, true, new CtObservation.State.Incident(NOW)),
                        sighting(1, true, new CtObservation.State.Incident(NOW)),
                        sighting(2, true, new CtObservation.State.Incident(NOW)));

        List<Serial> first = noted.serials(ISSUER.key(), Optional.empty(), 2);
        assertThat(first).extracting(Serial::toHex).containsExactly("01", "02");
        assertThat(noted.serials(ISSUER.key(), Optional.of(first.getLast()), 2))
                .extracting(Serial::toHex)
                .containsExactly("03");
        assertThat(noted.serials(TestChanges.ISSUER, Optional.empty(), 2)).isEmpty();
    }
}
