package org.precertocsp.signer;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.precertocsp.ocsp.Octets;

/// Walks through DER without copying it. For one thread.
///
/// Every method throws [Malformed] where the octets are not what the method's name expects, or not
/// DER.
final class DerReader {
    /// What was read is not what was expected.
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String what, int at) {
            super(what + " at octet " + at);
        }
    }

    private static final int MAX_LENGTH_OCTETS = 3;
    private static final int SECONDS_PER_DAY = 86_400;

    private final byte[] der;
    private final int end;
    private int position;

    DerReader(byte[] der) {
        this(der, 0);
    }

    DerReader(byte[] der, int from) {
        this(der, from, der.length);
    }

    private DerReader(byte[] der, int from, int end) {
        this.der = der;
        this.position = from;
        this.end = end;
    }

    /// Octets still ahead.
    int length() {
        return end - position;
    }

    boolean atEnd() {
        return position == end;
    }

    void expectEnd() {
        if (!atEnd()) {
            throw malformed("more than expected");
        }
    }

    /// The next element's tag; -1 at the end.
    int nextTag() {
        return atEnd() ? -1 : der[position] & 0xFF;
    }

    /// Steps into the next element, which has this tag: a reader of its content.
    DerReader enter(int tag) {
        int length = header(tag);
        DerReader content = new DerReader(der, position, position + length);
        position += length;
        return content;
    }

    void skip(int tag) {
        int length = header(tag);
        position += length;
    }

    /// The next element whole, tag and length included.
    Octets copy(int tag) {
        int from = position;
        skip(tag);
        return Octets.of(der, from, position - from);
    }

    /// True if the next element has this tag and exactly this content; then steps over it.
    boolean take(int tag, Octets content) {
        int length = header(tag);
        boolean same = length == content.length() && content.isAt(der, position, length);
        position += length;
        return same;
    }

    /// Seconds since 1970 of a GeneralizedTime in the one form RFC 5280 §4.1.2.5.2 allows.
    long time() {
        int length = header(DerWriter.GENERALIZED_TIME);
        if (length != DerWriter.TIME_LENGTH - 2 || der[position + 14] != 'Z') {
            throw malformed("GeneralizedTime is not whole seconds in Z");
        }
        int year = 100 * twoDigits(0) + twoDigits(2);
        int ofDay = 3600 * twoDigits(8) + 60 * twoDigits(10) + twoDigits(12);
        try {
            LocalDate date = LocalDate.of(year, twoDigits(4), twoDigits(6));
            position += length;
            return date.toEpochDay() * SECONDS_PER_DAY + ofDay;
        } catch (DateTimeException e) {
            throw malformed("GeneralizedTime: " + e.getMessage());
        }
    }

    private int twoDigits(int offset) {
        int tens = der[position + offset] - '0';
        int ones = der[position + offset + 1] - '0';
        if (tens < 0 || tens > 9 || ones < 0 || ones > 9) {
            throw malformed("GeneralizedTime has other signs than digits");
        }
        return 10 * tens + ones;
    }

    /// Steps over tag and length, and returns the length; so many octets are there.
    private int header(int tag) {
        if (end - position < 2 || (der[position] & 0xFF) != tag) {
            throw malformed("no element with tag %02x".formatted(tag));
        }
        int length = der[position + 1] & 0xFF;
        position += 2;
        if (length >= 0x80) {
            length = longLength(length & 0x7F);
        }
        if (length > end - position) {
            throw malformed("an element reaches beyond the end");
        }
        return length;
    }

    private int longLength(int octets) {
        if (octets == 0 || octets > MAX_LENGTH_OCTETS || octets > end - position) {
            throw malformed("length of %d octets".formatted(octets));
        }
        int length = 0;
        for (int i = 0; i < octets; i++) {
            length = (length << 8) | (der[position++] & 0xFF);
        }
        if (length < 0x80 || (length >> (8 * (octets - 1))) == 0) {
            throw malformed("length that could be shorter");
        }
        return length;
    }

    private Malformed malformed(String what) {
        return new Malformed(what, position);
    }
}
