package org.precertocsp.responder.intake.certificate;

import java.io.IOException;
import java.util.Optional;
import org.precertocsp.der.DerHeader;
import org.precertocsp.der.DerTag;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.Place;

/// DER certificates one after the other. Where one is broken, reading goes on at the next place
/// that is framed as a certificate: a sequence of two sequences and a BIT STRING.
final class DerBlocks implements BlockSource {
    private static final int HEAD = 256;
    private static final long NONE = -1;

    private final FileWindow file;
    private long position;

    DerBlocks(FileWindow file) {
        this.file = file;
    }

    @Override
    public Optional<Block> next() throws IOException {
        skipFiller();
        if (position >= file.size()) {
            return Optional.empty();
        }
        long start = position;
        long end = endOfCertificate(start);
        if (end != NONE) {
            position = end;
            file.moveTo(end);
            Octets der = Octets.of(file.copy(start, (int) (end - start)));
            return Optional.of(new Block.Framed(new Place.Offset(start), der));
        }
        String why = reason(start);
        passOver(start);
        return Optional.of(new Block.Unusable(new Place.Offset(start), why));
    }

    // Line ends and zeros between certificates come from tools that write in blocks.
    private void skipFiller() throws IOException {
        file.moveTo(position);
        int octet = file.at(position);
        while (octet == 0 || octet == '\n' || octet == '\r') {
            position++;
            file.moveTo(position);
            octet = file.at(position);
        }
    }

    private String reason(long start) throws IOException {
        int length = (int) Math.min(HEAD, file.size() - start);
        long end = end(start, DerTag.SEQUENCE, Long.MAX_VALUE);
        if (end > file.size()) {
            return "the file ends inside what may be a certificate";
        }
        return NotCertificates.byContent(Octets.of(file.copy(start, length)));
    }

    private void passOver(long start) throws IOException {
        long end = end(start, DerTag.SEQUENCE, file.size());
        if (end != NONE && (end == file.size() || endOfCertificate(end) != NONE)) {
            position = end;
            return;
        }
        position = start + 1;
        while (position < file.size() && endOfCertificate(position) == NONE) {
            position++;
            file.moveTo(position);
        }
    }

    /// Where the certificate that begins here ends, or NONE.
    private long endOfCertificate(long start) throws IOException {
        long end = end(start, DerTag.SEQUENCE, file.size());
        if (end == NONE || end - start > MAX_CERTIFICATE) {
            return NONE;
        }
        long content = start + header(start).orElseThrow().content();
        long tbsEnd = end(content, DerTag.SEQUENCE, end);
        long algorithmEnd = tbsEnd == NONE ? NONE : end(tbsEnd, DerTag.SEQUENCE, end);
        long signatureEnd = algorithmEnd == NONE ? NONE : end(algorithmEnd, DerTag.BIT_STRING, end);
        return signatureEnd == end ? end : NONE;
    }

    /// Where an element of that tag ends, or NONE if there is none or it reaches past the limit.
    private long end(long start, int tag, long limit) throws IOException {
        if (file.at(start) != tag) {
            return NONE;
        }
        Optional<DerHeader> header = header(start);
        return header.isPresent() && start + header.get().end() <= limit
                ? start + header.get().end()
                : NONE;
    }

    private Optional<DerHeader> header(long start) throws IOException {
        byte[] head = new byte[(int) Math.min(DerHeader.MAX_BYTES, file.size() - start)];
        for (int i = 0; i < head.length; i++) {
            head[i] = (byte) file.at(start + i);
        }
        return DerHeader.peek(head, 0);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
