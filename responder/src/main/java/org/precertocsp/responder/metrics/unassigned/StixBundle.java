package org.precertocsp.responder.metrics.unassigned;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.precertocsp.responder.io.Json;

/// A report for other organisations in STIX 2.1 (OASIS): a certificate object for each requested
/// serial, when and how often, and a note with the totals. It contains nothing about clients.
public final class StixBundle {
    /// Namespace of the identifiers of observable objects (STIX 2.1 §2.9).
    private static final UUID NAMESPACE = UUID.fromString("00abedb4-aa42-466c-9c01-fed23315a9b7");

    /// The maximum of `number_observed` (§4.14).
    private static final long MAX_OBSERVED = 999_999_999;

    private final String organization;
    private final Map<String, String> subjects;
    private final Instant now;
    private final Supplier<UUID> random;
    private final ArrayNode objects = Json.MAPPER.createArrayNode();
    private final Set<String> certificates = new HashSet<>();
    private final String identity;

    private StixBundle(
            String organization, Map<String, String> subjects, Instant now, Supplier<UUID> random) {
        this.organization = organization;
        this.subjects = subjects;
        this.now = now.truncatedTo(ChronoUnit.MILLIS);
        this.random = random;
        this.identity = "identity--" + random.get();
    }

    /// @param organization the author
    /// @param subjects distinguished names of the issuers, by their names in the configuration
    public static String of(
            UnassignedReport report,
            String organization,
            Map<String, String> subjects,
            Instant now) {
        return new StixBundle(organization, subjects, now, UUID::randomUUID).text(report);
    }

    private String text(UnassignedReport report) {
        described("identity", identity)
                .put("name", organization)
                .put("identity_class", "organization");
        for (UnassignedReport.OfIssuer issuer : report.issuers()) {
            ArrayNode about = Json.MAPPER.createArrayNode();
            issuer.most().forEach(often -> about.add(observed(issuer, often)));
            note(report, issuer, about);
        }
        ObjectNode bundle = Json.MAPPER.createObjectNode();
        bundle.put("type", "bundle").put("id", "bundle--" + random.get());
        bundle.set("objects", objects);
        return Json.indented(bundle) + "\n";
    }

    private String observed(UnassignedReport.OfIssuer issuer, UnassignedReport.Often often) {
        String certificate = certificate(issuer.issuer(), often.serial());
        String id = "observed-data--" + random.get();
        Instant last = often.last().isAfter(now) ? now : often.last();
        described("observed-data", id)
                .put("created_by_ref", identity)
                .put("first_observed", often.first().toString())
                .put("last_observed", last.toString())
                .put("number_observed", Math.clamp(often.requests(), 1, MAX_OBSERVED))
                .putArray("object_refs")
                .add(certificate);
        return id;
    }

    /// The identifier depends on the serial only (§6.18), so that other observers compute the same.
    private String certificate(String issuer, String serial) {
        String contributing = "{\"serial_number\":\"" + serial + "\"}";
        String id = "x509-certificate--" + named(contributing);
        if (certificates.add(id)) {
            objects.addObject()
                    .put("type", "x509-certificate")
                    .put("spec_version", "2.1")
                    .put("id", id)
                    .put("serial_number", serial)
                    .put("issuer", subjects.getOrDefault(issuer, issuer));
        }
        return id;
    }

    private void note(UnassignedReport report, UnassignedReport.OfIssuer issuer, ArrayNode about) {
        ObjectNode note = described("note", "note--" + random.get());
        note.put("created_by_ref", identity)
                .put("abstract", "OCSP requests for serials that no certificate has")
                .put(
                        "content",
                        "From %s to %s, %d OCSP requests to %s (%s) asked about serials it never"
                                        .formatted(
                                                report.from(),
                                                report.until(),
                                                issuer.requests(),
                                                issuer.issuer(),
                                                subjects.getOrDefault(
                                                        issuer.issuer(), "no subject"))
                                + " assigned to a certificate or precertificate, about %d"
                                        .formatted(issuer.distinct())
                                + " different ones. The most asked are the certificates listed;"
                                + " numbers are estimates of a frequent-items sketch.");
        note.set(
                "object_refs",
                about.isEmpty() ? Json.MAPPER.createArrayNode().add(identity) : about);
    }

    private ObjectNode described(String type, String id) {
        return objects.addObject()
                .put("type", type)
                .put("spec_version", "2.1")
                .put("id", id)
                .put("created", now.toString())
                .put("modified", now.toString());
    }

    /// Version 5 of RFC 9562 §5.5.
    static UUID named(String name) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(
                    ByteBuffer.allocate(16)
                            .putLong(NAMESPACE.getMostSignificantBits())
                            .putLong(NAMESPACE.getLeastSignificantBits())
                            .array());
            ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
            long high = (hash.getLong() & ~0xf000L) | 0x5000L;
            long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
