package org.precertocsp.responder.intake.crl;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FeedRefused;

/// Walks DER of any length front to back, holding only the element at hand; hashes what it passes.
final class DerInput implements Closeable {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int BOOLEAN = 0x01;
    static final int ENUMERATED = 0x0a;
    static final int UTC_TIME = 0x17;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;

    private static final int BUFFER = 1 << 16;
    private static final int MAX_LENGTH_OCTETS = 6;

    /// One element's tag and place; offsets count from the start of the DER.
    record Header(int tag, long start, long content, long end) {
        long length() {
            return end - content;
        }
    }

    private final InputStream in;
    private final MessageDigest digest;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private int next;
    private long bufferStart;

    DerInput(InputStream in) {
        this.in = in;
        this.digest = sha256();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    long position() {
        return bufferStart + next;
    }

    /// Reads tag and length of the next element, which must end by `limit`.
    Header header(long limit) throws FeedRefused, IOException {
        long start = position();
        return headerIfItFits(limit)
                .orElseThrow(() -> malformed("an element longer than what holds it", start));
    }

    /// As [#header]; empty if the element does not end by `limit`.
    Optional<Header> headerIfItFits(long limit) throws FeedRefused, IOException {
        long start = position();
        int tag = octet();
        if ((tag & 0x1f) == 0x1f) {
            throw malformed("a tag of several octets", start);
        }
        long length = length(start);
        long content = position();
        if (length > limit - content) {
            return Optional.empty();
        }
        return Optional.of(new Header(tag, start, content, content + length));
    }

    /// As [#header], for an element that must have that tag.
    Header expect(int tag, String what, long limit) throws FeedRefused, IOException {
        if (position() >= limit) {
            throw malformed(what + " is missing", position());
        }
        Header header = header(limit);
        if (header.tag() != tag) {
            throw malformed(
                    what + " expected, found tag 0x%02x".formatted(header.tag()), header.start());
        }
        return header;
    }

    private long length(long start) throws FeedRefused, IOException {
        int first = octet();
        if (first < 0x80) {
            return first;
        }
        int count = first & 0x7f;
        if (count == 0 || count > MAX_LENGTH_OCTETS) {
            throw malformed(
                    count == 0
                            ? "an indefinite length, which DER does not know"
                            : "a length no file has",
                    start);
        }
        long length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | octet();
        }
        return length;
    }

    /// The content of the element whose header was read last.
    byte[] content(Header header, int maxOctets) throws FeedRefused, IOException {
        if (header.length() > maxOctets) {
            throw malformed(
                    "an element of %d octets where at most %d are read"
                            .formatted(header.length(), maxOctets),
                    header.start());
        }
        return beginning(header, maxOctets);
    }

    /// The content of the element whose header was read last, at most so much of it.
    byte[] beginning(Header header, int maxOctets) throws FeedRefused, IOException {
        byte[] content = new byte[(int) Math.min(header.length(), maxOctets)];
        int done = 0;
        while (done < content.length) {
            require();
            int step = Math.min(content.length - done, filled - next);
            System.arraycopy(buffer, next, content, done, step);
            next += step;
            done += step;
        }
        return content;
    }

    /// Passes over everything up to `offset`.
    void skipTo(long offset) throws FeedRefused, IOException {
        while (position() < offset) {
            require();
            next += (int) Math.min(offset - position(), filled - next);
        }
    }

    /// Hands on everything up to `offset`.
    void copyTo(long offset, OutputStream target) throws FeedRefused, IOException {
        while (position() < offset) {
            require();
            int step = (int) Math.min(offset - position(), filled - next);
            target.write(buffer, next, step);
            next += step;
        }
    }

    /// Passes over the rest; SHA-256 of the whole input.
    Octets finishFromHere() throws FeedRefused, IOException {
        do {
            next = filled;
        } while (fill());
        return Octets.of(digest.digest());
    }

    /// SHA-256 of the whole input, of which nothing is left but line ends and padding. Whatever
    /// else follows is remarked on, as long as it cannot be another CRL.
    Octets finish(List<String> remarks) throws FeedRefused, IOException {
        long ignored = 0;
        while (next < filled || fill()) {
            int octet = buffer[next++] & 0xff;
            boolean padding = octet <= ' ' || octet == 0x1a;
            if (octet == SEQUENCE && ignored == 0) {
                throw malformed(
                        "octets after the end of the CRL, perhaps another: load each from a file of"
                                + " its own",
                        position() - 1);
            }
            ignored += padding ? 0 : 1;
        }
        if (ignored > 0) {
            remarks.add("%d octets after the end of the CRL are left out".formatted(ignored));
        }
        return Octets.of(digest.digest());
    }

    private int octet() throws FeedRefused, IOException {
        require();
        return buffer[next++] & 0xff;
    }

    private void require() throws FeedRefused, IOException {
        if (next == filled && !fill()) {
            throw malformed("the file ends in the middle", position());
        }
    }

    private boolean fill() throws IOException {
        int count;
        try {
            count = in.read(buffer, 0, BUFFER);
        } catch (EOFException e) {
            count = -1;
        }
        if (count <= 0) {
            return false;
        }
        bufferStart += filled;
        filled = count;
        next = 0;
        digest.update(buffer, 0, count);
        return true;
    }

    static FeedRefused malformed(String what, long offset) {
        return new FeedRefused("not a well-formed CRL: " + what + " (offset " + offset + ")");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
