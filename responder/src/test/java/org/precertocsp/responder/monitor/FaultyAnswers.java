package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;

/// Decides what a wrong responder answers, and frames it as HTTP.
final class FaultyAnswers {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
    private static final String MD5 = "1.2.840.113549.2.5";

    /// The one serial that is assigned.
    static final BigInteger ASSIGNED = new BigInteger("5be1ee70a0b1c2d3e4f5061728394a5b", 16);

    private final ResponderFault fault;
    private final FaultyCredentials credentials;

    FaultyAnswers(ResponderFault fault, FaultyCredentials credentials) {
        this.fault = fault;
        this.credentials = credentials;
    }

    /// Empty where the connection is to end without an answer.
    Optional<byte[]> reply(byte[] request, boolean headOnly) {
        TBSRequest tbs;
        try {
            tbs = OCSPRequest.getInstance(ASN1Primitive.fromByteArray(request)).getTbsRequest();
        } catch (IOException | RuntimeException _) {
            return Optional.of(error(OCSPResponseStatus.MALFORMED_REQUEST));
        }
        CertID id = Request.getInstance(tbs.getRequestList().getObjectAt(0)).getReqCert();
        if (isOdd(id) && fault == ResponderFault.ODD_SERIALS_END_THE_CONNECTION) {
            return Optional.empty();
        }
        if (tbs.getRequestorName() != null
                && fault == ResponderFault.REQUESTOR_ENDS_THE_CONNECTION) {
            return Optional.empty();
        }
        if (isMalformed(tbs)) {
            return Optional.of(error(OCSPResponseStatus.MALFORMED_REQUEST));
        }
        if (fault == ResponderFault.TRY_LATER_FOR_EVER) {
            return Optional.of(error(OCSPResponseStatus.TRY_LATER));
        }
        boolean assigned = id.getSerialNumber().getValue().equals(ASSIGNED);
        if (!isOurs(id) || !answers(id, assigned)) {
            return Optional.of(error(OCSPResponseStatus.UNAUTHORIZED));
        }
        FaultyResponse response =
                new FaultyResponse(fault, credentials, Instant.now(), id, assigned, nonce(tbs));
        return Optional.of(http(response.encoded(), fields(response), headOnly));
    }

    private static boolean isOdd(CertID id) {
        return id.getSerialNumber().getValue().signum() <= 0;
    }

    private boolean isMalformed(TBSRequest tbs) {
        if (tbs.getRequestorName() != null && fault == ResponderFault.REQUESTOR_REFUSED) {
            return true;
        }
        Extensions extensions = tbs.getRequestExtensions();
        if (extensions == null) {
            return false;
        }
        boolean unknown = Arrays.stream(extensions.getExtensionOIDs()).anyMatch(it -> !isNonce(it));
        boolean critical = extensions.hasAnyCriticalExtensions();
        boolean refused =
                unknown
                        && (critical
                                ? fault != ResponderFault.CRITICAL_EXTENSION_IGNORED
                                : fault == ResponderFault.UNKNOWN_EXTENSION_REFUSED);
        return refused || isBadNonce(extensions);
    }

    private static boolean isNonce(Object oid) {
        return oid.equals(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    }

    private boolean isBadNonce(Extensions extensions) {
        Extension nonce = extensions.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (nonce == null) {
            return false;
        }
        int length = ASN1OctetString.getInstance(nonce.getParsedValue()).getOctetsLength();
        boolean wrong = length == 0 || length > 128;
        return fault == ResponderFault.NONCE_REFUSED
                || fault == ResponderFault.SLASHES_COLLAPSED_AND_NONCE_REFUSED
                || (fault == ResponderFault.SHORT_NONCE_REFUSED && length < 16)
                || (wrong && fault != ResponderFault.LONG_NONCE_TAKEN);
    }

    /// The extension value to send, inner wrapping included.
    private Optional<ByteString> nonce(TBSRequest tbs) {
        Extension asked =
                tbs.getRequestExtensions() == null
                        ? null
                        : tbs.getRequestExtensions()
                                .getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (asked == null) {
            return fault == ResponderFault.NONCE_NOT_ASKED_FOR
                    ? Optional.of(wrapped(new byte[16]))
                    : Optional.empty();
        }
        byte[] value = ASN1OctetString.getInstance(asked.getParsedValue()).getOctets();
        boolean echoed =
                (value.length >= 16 && value.length <= 32)
                        || fault == ResponderFault.LONG_NONCE_TAKEN;
        if (!echoed) {
            return Optional.empty();
        }
        return Optional.of(
                switch (fault) {
                    case NONCE_OF_ANOTHER -> wrapped(new byte[value.length]);
                    case NONCE_NOT_WRAPPED -> ByteString.of(value);
                    default -> wrapped(value);
                });
    }

    private static ByteString wrapped(byte[] value) {
        try {
            return ByteString.of(new DEROctetString(value).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isOurs(CertID id) {
        String oid = id.getHashAlgorithm().getAlgorithm().getId();
        if (oid.equals(MD5)) {
            return fault == ResponderFault.MD5_ANSWERED;
        }
        Optional<HashAlgorithm> algorithm = HashAlgorithm.ofOid(oid);
        if (algorithm.isEmpty()) {
            return false;
        }
        IssuerKey key = credentials.ca().certificate().key();
        boolean name =
                key.nameHash(algorithm.get())
                        .equals(ByteString.of(id.getIssuerNameHash().getOctets()));
        boolean own =
                key.keyHash(algorithm.get())
                        .equals(ByteString.of(id.getIssuerKeyHash().getOctets()));
        return name && (own || fault == ResponderFault.OTHER_KEY_ANSWERED);
    }

    private boolean answers(CertID id, boolean assigned) {
        boolean sha1 =
                id.getHashAlgorithm().getAlgorithm().getId().equals(HashAlgorithm.SHA1.oid());
        return switch (fault) {
            case GOOD_FOR_RANDOM_SERIALS, HOLD_FOR_RANDOM_SERIALS -> true;
            case UNAUTHORIZED_FOR_PRECERTIFICATE -> false;
            case SHA256_NOT_ANSWERED -> assigned && sha1;
            case SHA1_NOT_ANSWERED -> assigned && !sha1;
            default -> assigned;
        };
    }

    private byte[] error(int code) {
        ResponseBytes bytes =
                fault == ResponderFault.ERRORS_WITH_BYTES
                        ? new ResponseBytes(
                                OCSPObjectIdentifiers.id_pkix_ocsp_basic,
                                new DEROctetString(new byte[] {0x30, 0}))
                        : null;
        try {
            byte[] body = new OCSPResponse(new OCSPResponseStatus(code), bytes).getEncoded();
            String control =
                    fault == ResponderFault.CACHEABLE_ERRORS ? "max-age=86400, public" : "no-store";
            return http(
                    body,
                    new LinkedHashMap<>(
                            Map.of(
                                    "Content-Type",
                                    "application/ocsp-response",
                                    "Cache-Control",
                                    control)),
                    false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> fields(FaultyResponse response) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(
                "Content-Type",
                fault == ResponderFault.WRONG_CONTENT_TYPE
                        ? "text/plain"
                        : "application/ocsp-response");
        fields.put("Date", DATE.format(response.now()));
        if (fault == ResponderFault.NO_CACHE_FIELDS) {
            return fields;
        }
        long day = 86_400;
        long age =
                Math.max(0, response.renewal().getEpochSecond() - response.now().getEpochSecond());
        String control = "max-age=%d, public, no-transform, must-revalidate";
        fields.put(
                "Cache-Control",
                switch (fault) {
                    case NO_STORE_ON_GOOD -> "no-store";
                    case MAX_AGE_PAST_NEXT_UPDATE -> control.formatted(3 * day);
                    default -> control.formatted(age);
                });
        Instant expires = response.nextUpdate();
        Instant modified = response.thisUpdate();
        fields.put(
                "Expires",
                DATE.format(
                        fault == ResponderFault.WRONG_EXPIRES ? expires.plusSeconds(60) : expires));
        fields.put(
                "Last-Modified",
                DATE.format(
                        fault == ResponderFault.WRONG_LAST_MODIFIED
                                ? modified.minusSeconds(60)
                                : modified));
        String tag =
                '"' + HashAlgorithm.SHA256.hash(ByteString.of(response.encoded())).toHex() + '"';
        fields.put("ETag", fault == ResponderFault.WEAK_ETAG ? "W/" + tag : tag);
        return fields;
    }

    private byte[] http(byte[] body, Map<String, String> fields, boolean headOnly) {
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        fields.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        if (fault != ResponderFault.NO_CONTENT_LENGTH) {
            head.append("Content-Length: " + body.length + "\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(start, start.length + (headOnly ? 0 : body.length));
        System.arraycopy(body, 0, all, start.length, all.length - start.length);
        return all;
    }
}
