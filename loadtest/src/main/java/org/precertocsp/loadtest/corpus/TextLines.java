package org.precertocsp.loadtest.corpus;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.precertocsp.der.Asn1Time;

/// The text files of a corpus, one line for each serial.
final class TextLines {
    private static final HexFormat LOWER = HexFormat.of();
    private static final HexFormat UPPER = HexFormat.of().withUpperCase();

    private final CorpusPlan plan;
    private final SyntheticStatus statuses;
    private final CorpusProgress progress;

    TextLines(CorpusPlan plan, SyntheticStatus statuses, CorpusProgress progress) {
        this.plan = plan;
        this.statuses = statuses;
        this.progress = progress;
    }

    void serials(OutputStream out) throws IOException {
        write(out, "serial,status\n", this::serialLine);
    }

    void csv(OutputStream out) throws IOException {
        write(out, "serial,status,revocation_date,reason,not_after\n", this::csvLine);
    }

    void index(OutputStream out) throws IOException {
        write(out, "", this::indexLine);
    }

    @FunctionalInterface
    private interface Line {
        void append(StringBuilder line, long index, byte[] serial);
    }

    private void write(OutputStream out, String header, Line format) throws IOException {
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        StringBuilder line = new StringBuilder();
        byte[] serial = new byte[SyntheticSerials.BYTES];
        for (long i = 0; i < plan.serials(); i++) {
            progress.step(i);
            statuses.serials().write(i, serial, 0);
            line.setLength(0);
            format.append(line, i, serial);
            line.append('\n');
            out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void serialLine(StringBuilder line, long index, byte[] serial) {
        LOWER.formatHex(line, serial);
        line.append(statuses.serials().isRevoked(index) ? ",revoked" : ",good");
    }

    private void csvLine(StringBuilder line, long index, byte[] serial) {
        LOWER.formatHex(line, serial);
        if (statuses.serials().isRevoked(index)) {
            line.append(",revoked,").append(statuses.revokedAt(index)).append(',');
            line.append(statuses.reason(index));
        } else {
            line.append(",good,,");
        }
        line.append(',').append(statuses.notAfter(index));
    }

    /// Serials in capitals: openssl compares text.
    private void indexLine(StringBuilder line, long index, byte[] serial) {
        boolean revoked = statuses.serials().isRevoked(index);
        line.append(revoked ? 'R' : 'V').append('\t');
        line.append(utcTime(statuses.notAfter(index))).append('\t');
        if (revoked) {
            line.append(utcTime(statuses.revokedAt(index))).append(',');
            line.append(statuses.reason(index));
        }
        line.append('\t');
        UPPER.formatHex(line, serial);
        line.append("\tunknown\t/CN=").append(index).append(".example");
    }

    private static String utcTime(Instant instant) {
        return new String(Asn1Time.utcTime(instant), StandardCharsets.US_ASCII);
    }
}
