package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.CRLReason;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.responder.monitor.ParsedBasicResponse.TimeReading;

/// One SingleResponse (RFC 6960 §4.2.1).
///
/// @param reason the CRLReason's number, if present
public record ParsedSingleResponse(
        EchoedCertId certId,
        Status status,
        Optional<TimeReading> revokedAt,
        OptionalInt reason,
        TimeReading thisUpdate,
        Optional<TimeReading> nextUpdate,
        List<String> extensions,
        List<String> criticalExtensions) {
    public enum Status {
        GOOD,
        REVOKED,
        UNKNOWN
    }

    /// The CertID of a response, which may use any algorithm.
    ///
    /// @param parameters "NULL", "absent" or something else
    public record EchoedCertId(
            String algorithmOid,
            String parameters,
            ByteString issuerNameHash,
            ByteString issuerKeyHash,
            ByteString serialContent) {
        static final String NULL = "NULL";
        static final String ABSENT = "absent";

        static EchoedCertId of(CertID id) {
            return new EchoedCertId(
                    id.getHashAlgorithm().getAlgorithm().getId(),
                    parameters(id),
                    ByteString.of(id.getIssuerNameHash().getOctets()),
                    ByteString.of(id.getIssuerKeyHash().getOctets()),
                    ByteString.of(id.getSerialNumber().getValue().toByteArray()));
        }

        private static String parameters(CertID id) {
            if (id.getHashAlgorithm().getParameters() == null) {
                return ABSENT;
            }
            ASN1Primitive value = id.getHashAlgorithm().getParameters().toASN1Primitive();
            return value.equals(DERNull.INSTANCE) ? NULL : "neither NULL nor absent";
        }

        /// Whether this is the requested CertID, apart from its parameters.
        public boolean isFor(CertId asked) {
            return algorithmOid.equals(asked.hashAlgorithm().oid())
                    && issuerNameHash.equals(asked.issuerNameHash())
                    && issuerKeyHash.equals(asked.issuerKeyHash())
                    && isOfSerial(asked);
        }

        public boolean isOfSerial(CertId asked) {
            return serialContent.equals(asked.serial().content());
        }

        /// Whether the parameters are encoded as in the request (CI-07).
        public boolean repeatsParameters(CertId asked) {
            return parameters.equals(
                    switch (asked.parameters()) {
                        case NULL -> NULL;
                        case ABSENT -> ABSENT;
                    });
        }
    }

    static ParsedSingleResponse of(SingleResponse single) {
        int tag = single.getCertStatus().getTagNo();
        Status status =
                switch (tag) {
                    case 0 -> Status.GOOD;
                    case 1 -> Status.REVOKED;
                    case 2 -> Status.UNKNOWN;
                    default -> throw new IllegalArgumentException("no CertStatus [" + tag + "]");
                };
        Optional<RevokedInfo> revoked =
                status == Status.REVOKED
                        ? Optional.of(RevokedInfo.getInstance(single.getCertStatus().getStatus()))
                        : Optional.empty();
        ASN1GeneralizedTime next = single.getNextUpdate();
        return new ParsedSingleResponse(
                EchoedCertId.of(single.getCertID()),
                status,
                revoked.map(it -> TimeReading.of(it.getRevocationTime())),
                revoked.map(ParsedSingleResponse::reason).orElse(OptionalInt.empty()),
                TimeReading.of(single.getThisUpdate()),
                next == null ? Optional.empty() : Optional.of(TimeReading.of(next)),
                ParsedBasicResponse.oids(single.getSingleExtensions()),
                ParsedBasicResponse.critical(single.getSingleExtensions()));
    }

    private static OptionalInt reason(RevokedInfo revoked) {
        CRLReason reason = revoked.getRevocationReason();
        return reason == null
                ? OptionalInt.empty()
                : OptionalInt.of(reason.getValue().intValueExact());
    }

    /// Good or revoked, as required for an assigned serial (SA-01).
    public boolean isDefinitive() {
        return status != Status.UNKNOWN;
    }

    public Optional<Instant> end() {
        return nextUpdate.flatMap(TimeReading::at);
    }

    String summary() {
        return switch (status) {
            case GOOD -> "good";
            case REVOKED ->
                    "revoked"
                            + revokedAt.map(at -> " at " + at).orElse("")
                            + (reason.isPresent() ? ", reason " + reason.getAsInt() : "");
            case UNKNOWN -> "unknown";
        };
    }
}
