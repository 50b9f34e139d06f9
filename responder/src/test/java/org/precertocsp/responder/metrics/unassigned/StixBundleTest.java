package org.precertocsp.responder.metrics.unassigned;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The rules of STIX 2.1 for the kinds of object a bundle of ours has (sections 2, 3, 4.5, 4.13,
/// 4.14, 6.18 and 8 of the standard).
final class StixBundleTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:30:00.123456Z");
    private static final Pattern ID =
            Pattern.compile(
                    "[a-z][a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}"
                            + "-[0-9a-f]{12}");
    private static final Pattern TIMESTAMP =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private static final Map<String, Set<String>> REQUIRED =
            Map.of(
                    "identity", Set.of("created", "modified", "name"),
                    "note", Set.of("created", "modified", "content", "object_refs"),
                    "observed-data",
                            Set.of(
                                    "created",
                                    "modified",
                                    "first_observed",
                                    "last_observed",
                                    "number_observed",
                                    "object_refs"),
                    "x509-certificate", Set.of("serial_number"));

    @Test
    void every_object_is_valid_and_every_reference_leads_to_one() throws Exception {
        JsonNode bundle = bundle(report());

        assertThat(bundle.at("/type").asText()).isEqualTo("bundle");
        assertThat(bundle.at("/id").asText()).matches(ID).startsWith("bundle--");
        Set<String> ids = new HashSet<>();
        for (JsonNode object : bundle.at("/objects")) {
            String type = object.at("/type").asText();
            assertThat(REQUIRED).containsKey(type);
            assertThat(object.at("/id").asText()).matches(ID).startsWith(type + "--");
            assertThat(ids.add(object.at("/id").asText())).as("IDs are unique").isTrue();
            assertThat(object.at("/spec_version").asText()).isEqualTo("2.1");
            for (String property : REQUIRED.getOrDefault(type, Set.of())) {
                assertThat(object.has(property)).as(type + "." + property).isTrue();
            }
        }
        for (JsonNode object : bundle.at("/objects")) {
            for (String time : List.of("created", "modified", "first_observed", "last_observed")) {
                if (object.has(time)) {
                    assertThat(object.get(time).asText()).matches(TIMESTAMP);
                }
            }
            if (object.has("created_by_ref")) {
                assertThat(ids).contains(object.get("created_by_ref").asText());
            }
            if (object.has("object_refs")) {
                assertThat(object.get("object_refs")).isNotEmpty();
                object.get("object_refs").forEach(ref -> assertThat(ids).contains(ref.asText()));
            }
        }
    }

    @Test
    void a_serial_is_told_with_its_issuer_times_and_number_within_the_bounds() throws Exception {
        JsonNode objects = bundle(report()).at("/objects");
        JsonNode certificate = find(objects, "x509-certificate");
        JsonNode observed = find(objects, "observed-data");

        assertThat(certificate.at("/serial_number").asText()).isEqualTo("0a1b");
        assertThat(certificate.at("/issuer").asText()).isEqualTo("CN=Alpha");
        assertThat(observed.at("/first_observed").asText()).isEqualTo("2026-11-21T09:00:00Z");
        assertThat(observed.at("/last_observed").asText())
                .as("never in the future")
                .isEqualTo("2026-11-21T10:30:00.123Z");
        assertThat(observed.at("/number_observed").asLong()).isEqualTo(999_999_999);
        assertThat(observed.at("/object_refs/0").asText())
                .isEqualTo(certificate.at("/id").asText());
        assertThat(find(objects, "note").at("/content").asText())
                .contains("70000000000 OCSP requests to alpha (CN=Alpha)", "about 12 different");
    }

    @Test
    void the_same_serial_has_the_same_identifier_everywhere() {
        // Of Python's uuid.uuid5 with the name below.
        assertThat(StixBundle.named("{\"serial_number\":\"0a1b\"}"))
                .isEqualTo(StixBundle.named("{\"serial_number\":\"0a1b\"}"))
                .hasToString("fd8b9903-b215-503d-9cbc-2dbed0c77251");
    }

    @Test
    void an_issuer_without_frequent_serials_still_makes_a_valid_note() throws Exception {
        JsonNode objects =
                bundle(
                                new UnassignedReport(
                                        NOW,
                                        NOW,
                                        List.of(
                                                new UnassignedReport.OfIssuer(
                                                        "alpha", 9, 9, List.of()))))
                        .at("/objects");

        assertThat(find(objects, "note").at("/object_refs/0").asText()).startsWith("identity--");
    }

    private static UnassignedReport report() {
        Instant nine = Instant.parse("2026-11-21T09:00:00Z");
        Instant eleven = Instant.parse("2026-11-21T11:00:00Z");
        List<UnassignedReport.Often> most =
                List.of(
                        new UnassignedReport.Often("0a1b", 2_000_000_000L, 7, nine, eleven),
                        new UnassignedReport.Often("0c", 3, 3, nine, eleven));
        return new UnassignedReport(
                nine,
                eleven,
                List.of(
                        new UnassignedReport.OfIssuer("alpha", 70_000_000_000L, 12, most),
                        new UnassignedReport.OfIssuer("beta", 70, 12, most)));
    }

    private static JsonNode bundle(UnassignedReport report) throws Exception {
        return new ObjectMapper()
                .readTree(StixBundle.of(report, "Example CA", Map.of("alpha", "CN=Alpha"), NOW));
    }

    private static JsonNode find(JsonNode objects, String type) {
        for (JsonNode object : objects) {
            if (object.at("/type").asText().equals(type)) {
                return object;
            }
        }
        throw new AssertionError("no " + type);
    }
}
