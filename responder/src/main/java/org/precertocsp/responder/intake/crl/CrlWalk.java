package org.precertocsp.responder.intake.crl;

import static org.precertocsp.responder.intake.crl.DerInput.malformed;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FeedRefused;

/// One reading of a CRL from its first octet to its last (RFC 5280 §5.1), entries handed to a
/// visitor as they pass. Memory use does not depend on their number.
final class CrlWalk {
    private static final int EXTENSIONS = 0xa0;
    private static final int MAX_ENTRY = (1 << 16) - 1;
    private static final int MAX_NAME = 1 << 16;
    private static final int MAX_SIGNATURE = 1 << 16;
    private static final int MAX_EXTENSIONS = 1 << 20;

    private final DerInput in;
    private final CrlEntry.Visitor visitor;
    private int version = 1;
    private long entries;
    private @Nullable Long firstRemoval;

    private CrlWalk(DerInput in, CrlEntry.Visitor visitor) {
        this.in = in;
        this.visitor = visitor;
    }

    /// @throws FeedRefused the CRL is malformed, or an entry of it forbids using it
    static CrlOutline through(DerInput in, CrlEntry.Visitor visitor)
            throws FeedRefused, IOException {
        return new CrlWalk(in, visitor).walk();
    }

    private CrlOutline walk() throws FeedRefused, IOException {
        long end = in.expect(DerInput.SEQUENCE, "a CertificateList", Long.MAX_VALUE).end();
        DerInput.Header tbs = in.expect(DerInput.SEQUENCE, "a tbsCertList", end);
        Octets innerAlgorithm = algorithmAfterVersion(tbs.end());
        Octets issuer = whole(in.expect(DerInput.SEQUENCE, "an issuer name", tbs.end()), MAX_NAME);
        Instant thisUpdate = time(in.header(tbs.end()), "thisUpdate");
        Optional<DerInput.Header> rest = nextIn(tbs.end());
        Optional<Instant> nextUpdate = Optional.empty();
        if (rest.isPresent() && isTime(rest.get())) {
            nextUpdate = Optional.of(time(rest.get(), "nextUpdate"));
            rest = nextIn(tbs.end());
        }
        if (rest.isPresent() && rest.get().tag() == DerInput.SEQUENCE) {
            entries(rest.get());
            rest = nextIn(tbs.end());
        }
        CrlExtensions extensions = extensions(rest, tbs.end());
        Octets algorithm = algorithm(in.expect(DerInput.SEQUENCE, "an algorithm", end));
        if (!algorithm.equals(innerAlgorithm)) {
            throw malformed("two different signature algorithms (RFC 5280 §5.1.1.2)", tbs.end());
        }
        Octets signature = signature(end);
        return new CrlOutline(
                version,
                issuer,
                thisUpdate,
                nextUpdate,
                entries,
                Optional.ofNullable(firstRemoval),
                extensions,
                new CrlOutline.Range(tbs.start(), tbs.end()),
                algorithm,
                signature,
                in.finish());
    }

    private Octets algorithmAfterVersion(long end) throws FeedRefused, IOException {
        DerInput.Header first = in.header(end);
        if (first.tag() != DerInput.INTEGER) {
            return algorithm(first);
        }
        byte[] value = in.content(first, 8);
        if (value.length != 1 || value[0] != 1) {
            throw malformed("a version that is not v2 (RFC 5280 §5.1.2.1)", first.start());
        }
        version = 2;
        return algorithm(in.header(end));
    }

    private Octets algorithm(DerInput.Header header) throws FeedRefused, IOException {
        if (header.tag() != DerInput.SEQUENCE) {
            throw malformed("a signature algorithm expected", header.start());
        }
        return whole(header, MAX_NAME);
    }

    /// The element with its header, which is rebuilt: DER leaves no choice.
    private Octets whole(DerInput.Header header, int maxOctets) throws FeedRefused, IOException {
        byte[] content = in.content(header, maxOctets);
        int headerLength = (int) (header.content() - header.start());
        byte[] whole = new byte[headerLength + content.length];
        whole[0] = (byte) header.tag();
        int length = content.length;
        for (int i = headerLength - 1; i >= 1; i--) {
            whole[i] = (byte) length;
            length >>>= 8;
        }
        if (headerLength > 2) {
            whole[1] = (byte) (0x80 | (headerLength - 2));
        }
        System.arraycopy(content, 0, whole, headerLength, content.length);
        return Octets.of(whole);
    }

    private Optional<DerInput.Header> nextIn(long end) throws FeedRefused, IOException {
        return in.position() < end ? Optional.of(in.header(end)) : Optional.empty();
    }

    private static boolean isTime(DerInput.Header header) {
        return header.tag() == DerInput.UTC_TIME || header.tag() == DerInput.GENERALIZED_TIME;
    }

    private Instant time(DerInput.Header header, String what) throws FeedRefused, IOException {
        Octets element = whole(header, 64);
        try {
            return CrlEntryReader.time(new DerSlice(element.toArray(), header.start()).next());
        } catch (DateTimeException e) {
            throw malformed(what + " is no time: " + e.getMessage(), header.start());
        }
    }

    private void entries(DerInput.Header list) throws FeedRefused, IOException {
        while (in.position() < list.end()) {
            DerInput.Header header = in.expect(DerInput.SEQUENCE, "a CRL entry", list.end());
            CrlEntry entry = CrlEntryReader.read(in.content(header, MAX_ENTRY), header, version);
            entries++;
            if (firstRemoval == null
                    && entry instanceof CrlEntry.Revoked revoked
                    && revoked.reason() == CrlEntry.REMOVE_FROM_CRL) {
                firstRemoval = entry.offset();
            }
            visitor.entry(entry);
        }
    }

    private CrlExtensions extensions(Optional<DerInput.Header> tagged, long end)
            throws FeedRefused, IOException {
        if (tagged.isEmpty()) {
            return CrlExtensions.NONE;
        }
        DerInput.Header header = tagged.get();
        if (header.tag() != EXTENSIONS || header.end() != end) {
            throw malformed("an element that does not belong here", header.start());
        }
        if (version < 2) {
            throw malformed("extensions in a version 1 CRL (RFC 5280 §5.1.2.1)", header.start());
        }
        return CrlExtensions.parse(in.content(header, MAX_EXTENSIONS));
    }

    private Octets signature(long end) throws FeedRefused, IOException {
        DerInput.Header bits = in.expect(DerInput.BIT_STRING, "a signature", end);
        byte[] content = in.content(bits, MAX_SIGNATURE);
        if (content.length < 2 || content[0] != 0 || bits.end() != end) {
            throw malformed("a signature that is none", bits.start());
        }
        return Octets.of(content, 1, content.length - 1);
    }
}
