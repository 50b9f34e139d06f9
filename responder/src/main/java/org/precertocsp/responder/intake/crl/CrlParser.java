package org.precertocsp.responder.intake.crl;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.Asn1Time;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerHeader;
import org.precertocsp.der.DerStreamReader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.responder.intake.FeedRejectedException;

/// One pass over a CRL from its first byte to its last (RFC 5280 §5.1); entries are passed to a
/// visitor. Memory use does not depend on their number.
///
/// Rejects a CRL only if it is unclear what was signed or what is listed; all other errors are
/// reported as remarks.
final class CrlParser {
    private static final int EXTENSIONS = DerTag.context(0);
    private static final int MAX_ENTRY = (1 << 16) - 1;
    private static final int MAX_NAME = 1 << 16;
    private static final int MAX_SIGNATURE = 1 << 16;
    private static final int MAX_EXTENSIONS = 1 << 20;
    private static final byte[] NULL = {5, 0};

    private final CrlStream stream;
    private final DerStreamReader in;
    private final CrlEntry.@Nullable Visitor visitor;
    private final List<String> remarks = new ArrayList<>();
    private int version = 1;

    private CrlParser(CrlStream stream, CrlEntry.@Nullable Visitor visitor) {
        this.stream = stream;
        this.in = stream.der();
        this.visitor = visitor;
    }

    /// Skips the entries.
    ///
    /// @throws FeedRejectedException the CRL is malformed
    static CrlMetadata outline(CrlStream stream) throws FeedRejectedException, IOException {
        return walk(stream, null);
    }

    /// @throws FeedRejectedException the CRL is malformed
    static CrlMetadata through(CrlStream stream, CrlEntry.Visitor visitor)
            throws FeedRejectedException, IOException {
        return walk(stream, visitor);
    }

    private static CrlMetadata walk(CrlStream stream, CrlEntry.@Nullable Visitor visitor)
            throws FeedRejectedException, IOException {
        try {
            return new CrlParser(stream, visitor).walk();
        } catch (MalformedDerException e) {
            throw CrlStream.refused(e);
        }
    }

    private CrlMetadata walk() throws MalformedDerException, IOException {
        long end = in.header(DerTag.SEQUENCE, "a CertificateList", Long.MAX_VALUE).end();
        DerHeader tbs = in.header(DerTag.SEQUENCE, "a tbsCertList", end);
        ByteString innerAlgorithm = algorithmAfterVersion(tbs.end());
        ByteString issuer =
                whole(in.header(DerTag.SEQUENCE, "an issuer name", tbs.end()), MAX_NAME);
        DerHeader first = in.header(tbs.end());
        if (DerTag.isConstructed(first.tag())) {
            throw new MalformedDerException("thisUpdate expected", first.start());
        }
        Optional<Instant> thisUpdate = time(first, "thisUpdate");
        Tail tail = new Tail(tbs.end());
        tail.read();
        ByteString algorithm = algorithm(in.header(DerTag.SEQUENCE, "an algorithm", end));
        requireSame(innerAlgorithm, algorithm, tbs.end());
        ByteString signature = signature(end);
        passOverTrailer();
        ByteString sha256 = stream.finish();
        return new CrlMetadata(
                issuer,
                thisUpdate,
                tail.nextUpdate,
                tail.extensions,
                new CrlMetadata.Range(tbs.start(), tbs.end()),
                algorithm,
                signature,
                remarks,
                sha256);
    }

    private ByteString algorithmAfterVersion(long end) throws MalformedDerException, IOException {
        DerHeader first = in.header(end);
        if (first.tag() != DerTag.INTEGER) {
            return algorithm(first);
        }
        byte[] value = in.content(first, 8);
        if (value.length != 1 || value[0] != 1) {
            remarks.add("the version is not v2 (RFC 5280 §5.1.2.1)");
        }
        version = 2;
        return algorithm(in.header(end));
    }

    private ByteString algorithm(DerHeader header) throws MalformedDerException, IOException {
        if (header.tag() != DerTag.SEQUENCE) {
            throw new MalformedDerException("a signature algorithm expected", header.start());
        }
        return whole(header, MAX_NAME);
    }

    /// Parameters may be NULL in one place and absent in the other: that changes nothing.
    private void requireSame(ByteString inner, ByteString outer, long offset)
            throws MalformedDerException {
        if (inner.equals(outer)) {
            return;
        }
        if (!Arrays.equals(withoutNull(inner), withoutNull(outer))) {
            throw new MalformedDerException(
                    "two different signature algorithms (RFC 5280 §5.1.1.2)", offset);
        }
        remarks.add(
                "the signature algorithm has NULL parameters in one place and none in the other"
                        + " (RFC 5280 §5.1.1.2)");
    }

    private static byte[] withoutNull(ByteString algorithm) {
        byte[] der = algorithm.toArray();
        int from = der.length - NULL.length;
        boolean ends = from > 2 && Arrays.equals(der, from, der.length, NULL, 0, NULL.length);
        return Arrays.copyOfRange(der, 2, ends ? from : der.length);
    }

    /// The element with its header in DER form.
    private ByteString whole(DerHeader header, int maxBytes)
            throws MalformedDerException, IOException {
        return ByteString.of(DerWriter.encode(header.tag(), in.content(header, maxBytes)));
    }

    private Optional<Instant> time(DerHeader header, String what)
            throws MalformedDerException, IOException {
        if (!DerTag.isTime(header.tag())) {
            remarks.add(
                    "%s (offset %d) is not a time and is left out: found tag 0x%02x"
                            .formatted(what, header.start(), header.tag()));
            in.skipTo(header.end());
            return Optional.empty();
        }
        byte[] text = in.content(header, MAX_NAME);
        try {
            return Optional.of(Asn1Time.parse(header.tag(), text, 0, text.length));
        } catch (DateTimeException e) {
            remarks.add(
                    "%s (offset %d) is not a time and is left out: %s"
                            .formatted(what, header.start(), e.getMessage()));
            return Optional.empty();
        }
    }

    /// The elements after thisUpdate, each recognised by its own tag: an unexpected element must
    /// not hide the list after it.
    private final class Tail {
        private final long end;
        private Optional<Instant> nextUpdate = Optional.empty();
        private CrlExtensions extensions = CrlExtensions.NONE;
        private boolean listed;
        private boolean extended;

        Tail(long end) {
            this.end = end;
        }

        void read() throws MalformedDerException, IOException {
            for (int i = 0; in.position() < end; i++) {
                long start = in.position();
                Optional<DerHeader> element = in.headerIfItFits(end);
                if (element.isEmpty()) {
                    unusable(start);
                    in.skipTo(end);
                } else {
                    element(element.get(), i == 0);
                }
            }
        }

        private void element(DerHeader element, boolean first)
                throws MalformedDerException, IOException {
            boolean list = element.tag() == DerTag.SEQUENCE || element.tag() == DerTag.SET;
            if (list && !(listed || extended)) {
                listed = true;
                entries(element);
            } else if (list) {
                remarks.add(
                        "more than belongs there (offset %d): read as one more list of entries"
                                .formatted(element.start()));
                entries(element);
            } else if (element.tag() == EXTENSIONS && !extended) {
                extended = true;
                extensions = extensions(element);
            } else if (first && !DerTag.isConstructed(element.tag())) {
                nextUpdate = time(element, "nextUpdate");
            } else {
                remarks.add(
                        "an element that does not belong there (offset %d) is left out"
                                .formatted(element.start()));
                in.skipTo(element.end());
            }
        }
    }

    private void entries(DerHeader list) throws MalformedDerException, IOException {
        while (in.position() < list.end()) {
            long start = in.position();
            Optional<DerHeader> header = in.headerIfItFits(list.end());
            if (header.isEmpty()) {
                unusable(start);
                in.skipTo(list.end());
                return;
            }
            if (visitor != null) {
                visitor.entry(entry(header.get()));
            }
            in.skipTo(header.get().end());
        }
    }

    private void unusable(long start) {
        if (visitor != null) {
            visitor.entry(
                    new CrlEntry.Unusable(
                            start,
                            "an element longer than what holds it: it and what follows it there"
                                    + " cannot be read"));
        }
    }

    private CrlEntry entry(DerHeader header) throws MalformedDerException, IOException {
        if (header.tag() != DerTag.SEQUENCE) {
            return new CrlEntry.Unusable(
                    header.start(),
                    "a CRL entry expected, found tag 0x%02x".formatted(header.tag()));
        }
        // Of a longer entry only the beginning, which contains the serial.
        return CrlEntryParser.read(in.beginning(header, MAX_ENTRY), header, version);
    }

    private CrlExtensions extensions(DerHeader header) throws MalformedDerException, IOException {
        if (version < 2) {
            remarks.add("extensions in a version 1 CRL (RFC 5280 §5.1.2.1)");
        }
        return CrlExtensions.parse(in.content(header, MAX_EXTENSIONS), header.content(), remarks);
    }

    private ByteString signature(long end) throws MalformedDerException, IOException {
        DerHeader bits = in.header(DerTag.BIT_STRING, "a signature", end);
        byte[] content = in.content(bits, MAX_SIGNATURE);
        if (content.length < 2 || content[0] != 0) {
            throw new MalformedDerException("a signature that is none", bits.start());
        }
        if (bits.end() != end) {
            remarks.add("more than belongs there after the signature is left out");
            in.skipTo(end);
        }
        return ByteString.of(content, 1, content.length - 1);
    }

    /// Line ends and padding may follow the CRL; other trailing data is reported as a remark,
    /// unless it may be another CRL.
    private void passOverTrailer() throws MalformedDerException, IOException {
        long ignored = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == DerTag.SEQUENCE && ignored == 0) {
                throw new MalformedDerException(
                        "bytes after the end of the CRL, perhaps another: load each from a file of"
                                + " its own",
                        in.position() - 1);
            }
            boolean padding = b <= ' ' || b == 0x1a;
            ignored += padding ? 0 : 1;
        }
        if (ignored > 0) {
            remarks.add("%d bytes after the end of the CRL are left out".formatted(ignored));
        }
    }
}
