package org.precertocsp.signer;

import java.time.Instant;
import java.time.LocalDate;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.OctetsWriter;

/// Writes DER front to back into one array of the right size. For one thread.
///
/// Whoever writes works out the lengths first, with [#element].
final class DerWriter {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int ENUMERATED = 0x0A;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;

    /// Of a whole GeneralizedTime: tag, length, fourteen digits and Z.
    static final int TIME_LENGTH = 17;

    private static final int SECONDS_PER_DAY = 86_400;

    private final OctetsWriter out;

    DerWriter(int length) {
        this.out = new OctetsWriter(length);
    }

    /// The length of an element with so many octets of content.
    static int element(int content) {
        return 1 + lengthOctets(content) + content;
    }

    /// `[n]`, constructed.
    static int context(int number) {
        return 0xA0 | number;
    }

    void header(int tag, int content) {
        out.put(tag);
        int more = lengthOctets(content) - 1;
        if (more > 0) {
            out.put(0x80 | more);
        }
        for (int shift = 8 * Math.max(more - 1, 0); shift >= 0; shift -= 8) {
            out.put(content >> shift);
        }
    }

    void element(int tag, Octets content) {
        header(tag, content.length());
        out.put(content);
    }

    /// Octets that are DER already.
    void raw(Octets der) {
        out.put(der);
    }

    void raw(byte[] der) {
        out.put(der);
    }

    void octet(int octet) {
        out.put(octet);
    }

    /// GeneralizedTime of whole seconds in Z (RP-12); a fraction is cut off.
    ///
    /// @throws IllegalArgumentException if the year has not four digits
    void time(Instant instant) {
        long second = instant.getEpochSecond();
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, (long) SECONDS_PER_DAY));
        int year = date.getYear();
        if (year < 0 || year > 9999) {
            throw new IllegalArgumentException("GeneralizedTime cannot say " + instant);
        }
        int ofDay = Math.floorMod(second, SECONDS_PER_DAY);
        header(GENERALIZED_TIME, TIME_LENGTH - 2);
        twoDigits(year / 100);
        twoDigits(year % 100);
        twoDigits(date.getMonthValue());
        twoDigits(date.getDayOfMonth());
        twoDigits(ofDay / 3600);
        twoDigits(ofDay / 60 % 60);
        twoDigits(ofDay % 60);
        out.put('Z');
    }

    Octets toOctets() {
        return out.toOctets();
    }

    byte[] toArray() {
        return out.toArray();
    }

    private void twoDigits(int number) {
        out.put('0' + number / 10);
        out.put('0' + number % 10);
    }

    private static int lengthOctets(int content) {
        if (content < 0x80) {
            return 1;
        }
        return 1 + (Integer.SIZE - Integer.numberOfLeadingZeros(content) + 7) / 8;
    }
}
