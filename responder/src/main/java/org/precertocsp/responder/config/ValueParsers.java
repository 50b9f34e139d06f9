package org.precertocsp.responder.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.http.AddressRange;

/// Parsers of values, with the messages for values that are not valid.
final class ValueParsers {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern ORIGIN = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern HEX = Pattern.compile("([0-9A-Fa-f]{2})+");
    private static final Pattern TARGET = Pattern.compile("(/[A-Za-z0-9._~-]+)*/?");
    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\s:\\[\\]]+)):(\\d{1,5})");

    /// IPv6, and with it IPv4, if this machine supports it.
    static final InetAddress EVERY_ADDRESS = everyAddress();

    private ValueParsers() {}

    private static InetAddress everyAddress() {
        try (var _ = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
            return InetAddress.ofLiteral("::");
        } catch (IOException | UnsupportedOperationException _) {
            return InetAddress.ofLiteral("0.0.0.0");
        }
    }

    static ValueParser<String> text() {
        return text -> text;
    }

    /// A name that is valid as a directory and as a word in a log line.
    static ValueParser<String> name() {
        return text -> {
            if (!NAME.matcher(text).matches() || text.startsWith(".")) {
                throw new InvalidValueException(
                        "\"%s\" cannot be a name: use letters, digits, dot, dash and underscore"
                                        .formatted(text)
                                + ", not beginning with a dot");
            }
            return text;
        };
    }

    /// The name of a log in checkpoints: a URL without scheme, such as example.com/ocsp.
    static ValueParser<String> origin() {
        return text -> {
            if (!ORIGIN.matcher(text).matches()) {
                throw new InvalidValueException(
                        "\"%s\" cannot name a log: write it as a URL without scheme, as"
                                        .formatted(text)
                                + " example.com/ocsp");
            }
            return text;
        };
    }

    /// The name of an environment variable; never repeated in a message, since it may be the
    /// secret.
    static ValueParser<String> variable() {
        return text -> {
            if (!VARIABLE.matcher(text).matches()) {
                throw new InvalidValueException(
                        "expects the name of an environment variable, as OCSP_PIN, not the secret");
            }
            return text;
        };
    }

    static ValueParser<String> hex() {
        return text -> {
            if (!HEX.matcher(text).matches()) {
                throw new InvalidValueException(
                        "\"" + text + "\" is not hexadecimal of whole bytes, as 0a1f");
            }
            return text.toLowerCase(Locale.ROOT);
        };
    }

    /// Hexadecimal with exactly this number of digits; colons are ignored.
    static ValueParser<ByteString> bytes(int digits) {
        return text -> {
            String plain = text.replace(":", "");
            if (plain.length() != digits || !HEX.matcher(plain).matches()) {
                throw new InvalidValueException(
                        "\"%s\" is not hexadecimal of %d digits".formatted(text, digits));
            }
            return ByteString.ofHex(plain);
        };
    }

    /// A certificate's subject in the format of `openssl x509 -subject -nameopt RFC2253`.
    static ValueParser<X500Principal> distinguishedName() {
        return text -> {
            try {
                return new X500Principal(text);
            } catch (IllegalArgumentException _) {
                throw new InvalidValueException(
                        "\"%s\" is not a name: write it as CN=issuance,O=Example".formatted(text));
            }
        };
    }

    /// One of the words, and its value.
    static <T> ValueParser<T> choice(Map<String, T> choices) {
        return text -> {
            T chosen = choices.get(text);
            if (chosen == null) {
                throw new InvalidValueException(
                        "\"%s\" is none of %s"
                                .formatted(
                                        text, String.join(", ", new TreeSet<>(choices.keySet()))));
            }
            return chosen;
        };
    }

    /// The name of an HTTP header (RFC 9110 §5.1).
    static ValueParser<String> headerName() {
        return text -> {
            if (!HEADER.matcher(text).matches()) {
                throw new InvalidValueException(
                        "\"" + text + "\" cannot name a header, as Authorization does");
            }
            return text;
        };
    }

    /// A fraction: 0.001 of all.
    static ValueParser<Double> share() {
        return text -> {
            if (!text.matches("0(\\.\\d{1,9})?|1(\\.0{1,9})?")) {
                throw new InvalidValueException(
                        "\"%s\" is not a number from 0 to 1, as 0.001".formatted(text));
            }
            return Double.parseDouble(text);
        };
    }

    static ValueParser<Integer> count(int least, int most) {
        return text -> {
            if (!text.matches("-?\\d{1,9}")) {
                throw new InvalidValueException("\"" + text + "\" is not a whole number");
            }
            int number = Integer.parseInt(text);
            if (number < least || number > most) {
                throw new InvalidValueException(
                        "%d is not from %d to %d".formatted(number, least, most));
            }
            return number;
        };
    }

    /// Slot numbers, decimal or as tools print them: `0x1a2b`.
    static ValueParser<Long> slot() {
        return text -> {
            if (!text.matches("0x[0-9A-Fa-f]{1,8}|\\d{1,10}")) {
                throw new InvalidValueException(
                        "\"" + text + "\" is not a slot number, as 3 or 0x1a2b");
            }
            return Long.decode(text.startsWith("0x") ? text : text.replaceFirst("^0+(?=.)", ""));
        };
    }

    /// The number of a log's entry, counted from 0.
    static ValueParser<Long> entryNumber() {
        return text -> {
            if (!text.matches("\\d{1,15}")) {
                throw new InvalidValueException("\"" + text + "\" is not the number of an entry");
            }
            return Long.parseLong(text);
        };
    }

    /// The address of a log.
    static ValueParser<URI> logUrl() {
        return text -> {
            try {
                URI url = URI.create(text);
                if (List.of("http", "https").contains(String.valueOf(url.getScheme()))
                        && url.getHost() != null) {
                    return url;
                }
            } catch (IllegalArgumentException _) {
                // Reported below.
            }
            throw new InvalidValueException(
                    "\"%s\" is not an address of a log, such as https://ct.example/2026h2"
                            .formatted(text));
        };
    }

    static ValueParser<Duration> duration(Duration least, Duration most) {
        return text -> {
            Duration duration = UnitParser.duration(text);
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw new InvalidValueException(
                        "%s is not from %s to %s"
                                .formatted(text, UnitParser.text(least), UnitParser.text(most)));
            }
            return duration;
        };
    }

    /// Durations that are transmitted as whole seconds.
    static ValueParser<Duration> seconds(Duration least, Duration most) {
        return text -> {
            Duration duration = duration(least, most).read(text);
            if (!duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
                throw new InvalidValueException(text + " is not a whole number of seconds");
            }
            return duration;
        };
    }

    static ValueParser<Long> size(long least, long most) {
        return text -> {
            long bytes = UnitParser.bytes(text);
            if (bytes < least || bytes > most) {
                throw new InvalidValueException(
                        "%s is not from %s to %s"
                                .formatted(text, UnitParser.text(least), UnitParser.text(most)));
            }
            return bytes;
        };
    }

    /// The prefix of request targets, without a slash at its end unless it is only a slash.
    static ValueParser<String> targetPrefix() {
        return text -> {
            if (!text.startsWith("/") || !TARGET.matcher(text).matches()) {
                throw new InvalidValueException(
                        "\"%s\" is not a plain path: write it as / or /ocsp".formatted(text));
            }
            return text.length() > 1 && text.endsWith("/")
                    ? text.substring(0, text.length() - 1)
                    : text;
        };
    }

    /// An address that receives POST requests.
    static ValueParser<URI> webAddress() {
        return text -> {
            try {
                URI url = new URI(text);
                String scheme = String.valueOf(url.getScheme());
                if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
                    return url;
                }
            } catch (URISyntaxException _) {
                // Reported below.
            }
            throw new InvalidValueException(
                    "\"%s\" is not a web address: write it as https://host:port/path"
                            .formatted(text));
        };
    }

    /// `HOST:PORT`; `*` means every address, port 0 any free port.
    static ValueParser<InetSocketAddress> address() {
        return text -> {
            Matcher parts = ADDRESS.matcher(text);
            if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65_535) {
                throw new InvalidValueException(
                        "\"%s\" is not an address: write host:port, as 127.0.0.1:8080, *:80"
                                        .formatted(text)
                                + " or \"[::1]:8080\"");
            }
            return address(parts, Integer.parseInt(parts.group(3)));
        };
    }

    /// `host:port` of another machine, as it was written: its name is not resolved.
    static ValueParser<String> hostAndPort() {
        return text -> {
            Matcher parts = ADDRESS.matcher(text);
            if (!parts.matches() || text.startsWith("*") || isNoPort(parts.group(3))) {
                throw new InvalidValueException(
                        "\"%s\" is not an address: write host:port, as k1.example:9093 or"
                                        .formatted(text)
                                + " \"[::1]:9093\"");
            }
            return text;
        };
    }

    private static boolean isNoPort(String digits) {
        int port = Integer.parseInt(digits);
        return port == 0 || port > 65_535;
    }

    /// An address, or a range of addresses in CIDR notation.
    static ValueParser<AddressRange> addressRange() {
        return text -> {
            try {
                return AddressRange.parse(text);
            } catch (IllegalArgumentException e) {
                throw new InvalidValueException(
                        "\"%s\" is not a range of addresses, as 192.0.2.0/24 or 2001:db8::/32: it %s"
                                .formatted(text, String.valueOf(e.getMessage())));
            }
        };
    }

    private static InetSocketAddress address(Matcher parts, int port) throws InvalidValueException {
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        if (host.equals("*")) {
            return new InetSocketAddress(EVERY_ADDRESS, port);
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new InvalidValueException("host " + host + " is not known to this machine");
        }
        return address;
    }
}
