package org.precertocsp.responder.http;

import java.net.InetAddress;
import org.precertocsp.der.ByteString;

/// Addresses with a common prefix (CIDR, RFC 4632): `192.0.2.0/24`, `2001:db8::/32`.
///
/// @param address 4 or 16 bytes
/// @param bits length of the common prefix
public record AddressRange(ByteString address, int bits) {
    /// @throws IllegalArgumentException if the text is not a range, with the cause
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        int most = address.getAddress().length * Byte.SIZE;
        int bits = slash < 0 ? most : bits(text.substring(slash + 1), most);
        AddressRange range = new AddressRange(ByteString.of(address.getAddress()), bits);
        for (int i = bits; i < most; i++) {
            if ((address.getAddress()[i / Byte.SIZE] << i % Byte.SIZE & 0x80) != 0) {
                throw new IllegalArgumentException(
                        "has bits set behind the first %d: a range begins with its lowest address"
                                .formatted(bits));
            }
        }
        return range;
    }

    private static int bits(String text, int most) {
        if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException("has no length from 0 to " + most + " behind the /");
        }
        return Integer.parseInt(text);
    }

    /// An IPv4 address is in no IPv6 range, and vice versa.
    public boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        byte[] own = address.toArray();
        if (bytes.length != own.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if (((bytes[i / Byte.SIZE] ^ own[i / Byte.SIZE]) << i % Byte.SIZE & 0x80) != 0) {
                return false;
            }
        }
        return true;
    }
}
