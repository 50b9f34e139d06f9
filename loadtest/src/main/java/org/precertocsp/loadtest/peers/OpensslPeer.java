package org.precertocsp.loadtest.peers;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;

/// `openssl ocsp` as a responder: signs every answer, one connection for each.
///
/// Its address cannot be configured: it listens on all of them while it runs.
public record OpensslPeer(InstalledProgram program, Corpus corpus) implements Peer {
    private static final String MINUTES = "2880";

    public static Optional<InstalledProgram> installed() {
        return InstalledProgram.find("openssl");
    }

    @Override
    public String name() {
        return "openssl ocsp";
    }

    @Override
    public String version() {
        return program.firstLine("version");
    }

    @Override
    public List<String> prepare(Path directory, int port) {
        return List.of(
                program.file().toString(),
                "ocsp",
                "-port",
                Integer.toString(port),
                "-index",
                corpus.file(CorpusFile.INDEX).toString(),
                "-CA",
                corpus.issuer().toString(),
                "-rsigner",
                corpus.delegate().toString(),
                "-rkey",
                corpus.delegateKey().toString(),
                "-nmin",
                MINUTES,
                "-ignore_err");
    }
}
