package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.DerElement;
import org.precertocsp.der.DerHeader;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.MalformedDerException;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.TextLineReader;

/// Base64 of DER without armour: one certificate a line, or wrapped, one after the other. Each says
/// by its DER length where it ends.
final class Base64Blocks implements BlockSource {
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*={0,2}");

    /// The first characters of DER of 128 bytes and more.
    private static final String START = "MI";

    /// Encode a tag and the longest length there may be.
    private static final int HEADER_CHARACTERS = 8;

    private final TextLineReader lines;
    private final StringBuilder pending = new StringBuilder();
    private long firstLine;
    private boolean lost;

    Base64Blocks(TextLineReader lines) {
        this.lines = lines;
    }

    @Override
    public Optional<Block> next() throws IOException {
        while (true) {
            String line = lines.next();
            if (line == null) {
                return pending.isEmpty()
                        ? Optional.empty()
                        : Optional.of(abandon("the file ends inside the certificate"));
            }
            Block block = take(line.strip());
            if (block != null) {
                return Optional.of(block);
            }
        }
    }

    /// Null while nothing is complete.
    private @Nullable Block take(String text) {
        if (pending.isEmpty()) {
            if (text.isEmpty() || (lost && !text.startsWith(START))) {
                return null;
            }
            firstLine = lines.number();
            lost = false;
        }
        if (!BASE64.matcher(text).matches() || lines.truncated()) {
            return abandon("line " + lines.number() + " is not base64");
        }
        pending.append(text);
        return pending.length() < HEADER_CHARACTERS ? null : measure();
    }

    private @Nullable Block measure() {
        int padding = pending.indexOf("=");
        if (padding >= 0 && padding < HEADER_CHARACTERS) {
            return abandon("the base64 is broken");
        }
        long wanted = expectedCharacters();
        int have = padding < 0 ? pending.length() : padding;
        if (wanted == 0) {
            return abandon("what line " + firstLine + " begins is no certificate");
        }
        if (have > wanted) {
            return abandon("more base64 than the certificate is long");
        }
        if (have < wanted) {
            return padding < 0 ? null : abandon("less base64 than the certificate is long");
        }
        return complete();
    }

    /// How many characters, padding apart, the certificate takes; 0 if this is none.
    private long expectedCharacters() {
        byte[] head = Base64.getDecoder().decode(pending.substring(0, HEADER_CHARACTERS));
        Optional<DerHeader> header = DerHeader.peek(head, 0);
        if (header.isEmpty() || header.get().tag() != DerTag.SEQUENCE) {
            return 0;
        }
        long bytes = header.get().end();
        return bytes > MAX_CERTIFICATE ? 0 : (bytes * 8 + 5) / 6;
    }

    private Block complete() {
        try {
            Octets der = Octets.of(Base64.getDecoder().decode(pending.toString()));
            if (!NotCertificates.mayBeCertificate(DerElement.of(der))) {
                return abandon(NotCertificates.byContent(der));
            }
            pending.setLength(0);
            return new Block.Framed(new Place.Line(firstLine), der);
        } catch (IllegalArgumentException | MalformedDerException _) {
            return abandon("the base64 is broken");
        }
    }

    // The next lines may be the rest of the broken one: skipped until one begins like DER.
    private Block abandon(String why) {
        pending.setLength(0);
        lost = true;
        return new Block.Unusable(new Place.Line(firstLine), why);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
