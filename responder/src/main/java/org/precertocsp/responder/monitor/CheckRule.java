package org.precertocsp.responder.monitor;

import java.util.Arrays;
import java.util.Optional;

/// The rules that can be checked from outside, by their numbers in the list of requirements.
public enum CheckRule {
    SA_01("definitive answer for an assigned serial within 15 minutes", "BR §4.9.9", true),
    SA_18("the OCSP service stays in operation", "MRSP §5.2", true),
    SS_09("a precertificate is answered as its certificate would be", "MRSP §5.4", true),
    SS_02("so is one by a Precertificate Signing Certificate", "BR §4.9.9", true),
    SA_04("no suspension: neither certificateHold nor 1970", "BR §4.9.13", true),
    SA_10("revocation reason permitted, 0 by omission", "BR §7.3", true),
    SS_04("random serial never good", "BR §4.9.9", false),
    SS_05("random serial never good (code signing)", "CSBR §4.9.10", false),
    SS_06("random serial never good (S/MIME)", "SBR §4.9.10", false),
    SS_15("odd serials handled gracefully", "RFC 5280 §4.1.2.2", false),
    CI_03("SHA-1 and SHA-256 CertIDs give one status", "RFC 9919 §3.1.1", true),
    CI_06("CertID answered in the hash asked", "RFC 6960 §4.2.2.3", true),
    CI_07("CertID parameters NULL or absent, as asked", "RFC 5754 §2", true),
    CI_08("unsigned requestorName ignored", "RFC 9919 §3.1.2", false),
    CI_09("name of one CA with key of another not answered", "RFC 6960 §2.3", false),
    CI_10("unsupported hash never good", "RFC 6960 §2.3", false),
    RC_01("signed by the issuing CA or its own delegate", "BR §4.9.9", true),
    RC_02("delegate certified by the key that issued", "RFC 6960 §4.2.2.2", true),
    RC_03("delegate's EKU is OCSPSigning alone", "BR §7.1.2.8.5", true),
    RC_04("delegate has id-pkix-ocsp-nocheck", "BR §7.1.2.8.6", true),
    RC_05("delegate's keyUsage is digitalSignature alone", "BR §7.1.2.8.7", true),
    RC_06("delegate's other extensions", "BR §7.1.2.8.2", true),
    RC_07("delegate is not a CA", "BR §7.1.2.8.4", true),
    RC_08("delegate is in its time", "BR §7.1.2.8.1", true),
    RC_09("delegate's names", "BR §7.1.2.8", true),
    RC_10("CA key that signs answers may do so", "BR §7.1.2.10.7", true),
    RC_11("root key does not sign answers", "BR §6.1.7", true),
    RC_12("CA certificate without OCSPSigning", "BR §7.1.2.10.6", true),
    RP_02("basic response, version not written", "RFC 6960 §4.2.1", true),
    RP_03("errors carry no responseBytes", "RFC 6960 §4.2.1", false),
    RP_04("one SingleResponse for the CertID asked", "RFC 6960 §4.2.2.3", true),
    RP_05("no SingleResponse that was not asked", "RFC 9919 §3.2.1", true),
    RP_06("responderID is the signer's", "RFC 6960 §4.2.2.3", true),
    RP_07("responderID byKey", "RFC 9919 §3.2.2", true),
    RP_08("key hash is SHA-1 of the key bits", "RFC 6960 §4.2.1", true),
    RP_09("delegate's certificate included", "RFC 9919 §3.2.2", true),
    RP_10("no empty list of certificates", "RFC 6960 §4.2.1", true),
    RP_11("nextUpdate present", "RFC 9919 §3.2.4; MRSP §6", true),
    RP_12("times with seconds, Z, no fraction", "RFC 9919 §3.2.4", true),
    RP_13("no responseExtensions", "RFC 9919 §3.2.1", true),
    RP_14("no reasonCode in singleExtensions", "BR §7.3.2", true),
    RP_15("archiveCutoff where status outlives expiry", "RFC 6960 §4.4.4", true),
    RP_17("signature AlgorithmIdentifier as listed", "BR §7.1.3.2", true),
    RP_18("no SHA-1 signature", "MRSP §5.1.3", true),
    RP_19("key of an allowed kind", "BR §6.1.5", true),
    RP_22("strict DER", "MRSP §5.2", true),
    TF_02("validity 8 h to 10 d", "BR §4.9.9", true),
    TF_03("validity at most 7 d", "MSTRP §3.2.2.a", true),
    TF_04("renewed by half of a validity under 16 h", "BR §4.9.9", true),
    TF_05("renewed 8 h before nextUpdate and within 4 d", "BR §4.9.9", true),
    TF_06("updated at least every 4 d", "MRSP §6", true),
    TF_07("renewed 8 h before expiry, by half of a long validity", "MSTRP §3.2.2.b", true),
    TF_09("nextUpdate within every certificate sent", "MRSP §6", true),
    TF_10("CA certificate status at most 12 months old", "BR §4.9.9", true),
    TF_12("producedAt not before thisUpdate", "RFC 6960 §2.4", true),
    TF_14("clock right: nothing from the future", "RFC 9919 §5", true),
    TF_17("answered within 10 s", "BR §4.10.2", true),
    HT_01("GET supported", "BR §4.9.9", true),
    HT_02("POST supported", "RFC 6960 A.1", true),
    HT_03("GET path escaped or not", "RFC 6960 A.1", false),
    HT_04("'//' before and inside the path", "RFC 6960 A.1", false),
    HT_05("GET of more than 255 bytes", "RFC 9919 §6", false),
    HT_06("Content-Type and Content-Length", "RFC 6960 A.2", true),
    HT_07("cache fields on cacheable answers", "RFC 9919 §6", true),
    HT_08("Expires is nextUpdate", "RFC 9919 §7.2", true),
    HT_09("Last-Modified is thisUpdate or producedAt", "RFC 9919 §7.2", true),
    HT_10("strong ETag", "RFC 9919 §7.2", true),
    HT_11("max-age ends before nextUpdate", "RFC 9919 §7.2", true),
    HT_13("authoritative answers may be cached", "RFC 9919 §7.2", true),
    HT_14("other answers may not be cached", "RFC 9919 §7.2", false),
    HT_16("304, HEAD, 405 with Allow", "RFC 9110 §15.5.6", false),
    HT_18("the certificate names an http:// address", "BR §7.1.2.7.7", true),
    NO_02("nonces of 16 and 32 bytes accepted", "RFC 9654 §2.1", false),
    NO_03("other lengths up to 128 are no error", "RFC 9654 §2.1", false),
    NO_04("nonces of 0 or over 128 bytes rejected", "RFC 9654 §2.1", false),
    NO_05("nonce in an OCTET STRING", "RFC 9654 §2.1", false),
    NO_06("a nonce request is answered", "RFC 9919 §3.2.1", false),
    NO_07("unknown extensions ignored unless critical", "RFC 6960 §4.1.2", false),
    NO_08("nonce returned as asked, and only then", "RFC 6960 §4.4.1", true);

    private final String title;
    private final String clause;
    private final boolean everyAnswer;

    CheckRule(String title, String clause, boolean everyAnswer) {
        this.title = title;
        this.clause = clause;
        this.everyAnswer = everyAnswer;
    }

    /// The rule with this number; empty if it is not checked here.
    public static Optional<CheckRule> ofId(String id) {
        return Arrays.stream(values()).filter(rule -> rule.id().equals(id)).findFirst();
    }

    /// Such as `SA-01`.
    public String id() {
        return name().replace('_', '-');
    }

    public String title() {
        return title;
    }

    /// The clause that contains it.
    public String clause() {
        return clause;
    }

    /// Whether it is checked for every serial; otherwise once for each responder.
    public boolean isOfEveryAnswer() {
        return everyAnswer;
    }

    @Override
    public String toString() {
        return id();
    }
}
