package org.precertocsp.loadtest.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.ResponderYaml;

/// A store of precert-ocsp that has loaded one file of a corpus.
///
/// @param time of the whole command, start of its process included
/// @param added statuses that were new
/// @param changed statuses that were replaced
public record LoadedStore(Path store, Duration time, long added, long changed) {
    private static final String NOBODY_LISTENS = "127.0.0.1:9";

    /// Runs `load`; blocks until it is over. If a server has the store open, the command passes it
    /// the file, and ends when the server has acknowledged it.
    ///
    /// @param kind the file to load: [CorpusFile#CSV], [CorpusFile#INDEX] or [CorpusFile#CRL]
    /// @param directory for the store; created if it does not exist
    /// @throws PeerException the file was not loaded completely
    public static LoadedStore of(
            PrecertOcspDistribution distribution, Corpus corpus, CorpusFile kind, Path directory)
            throws PeerException {
        Path yaml = directory.resolve("load.yaml");
        Path store = directory.resolve("store");
        List<String> words = new ArrayList<>();
        words.add("load");
        words.add(kind.name().toLowerCase(Locale.ROOT));
        words.addAll(List.of("--json", "-c", yaml.toString()));
        if (kind != CorpusFile.CRL) {
            words.addAll(List.of("--issuer", corpus.issuer().toString()));
        }
        words.add(corpus.file(kind).toString());
        try {
            Files.createDirectories(directory);
            Files.writeString(
                    yaml,
                    new ResponderYaml(
                                    corpus.directory(),
                                    store,
                                    NOBODY_LISTENS,
                                    Optional.empty(),
                                    Optional.empty())
                            .toString());
            long start = System.nanoTime();
            String json = distribution.run(words.toArray(String[]::new));
            Duration time = Duration.ofNanos(System.nanoTime() - start);
            JsonNode totals = new ObjectMapper().readTree(json).path("totals");
            return new LoadedStore(
                    store, time, totals.path("added").asLong(), totals.path("changed").asLong());
        } catch (IOException e) {
            throw new PeerException("loading into " + directory + ": " + e.getMessage(), e);
        }
    }

    /// Copies the store with its audit log, for another server. No server may have it open.
    ///
    /// @param directory created
    /// @return the copied store's directory
    public Path copyTo(Path directory) throws PeerException {
        Path from = Objects.requireNonNull(store.toAbsolutePath().getParent());
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : tree.toList()) {
                Path copy = directory.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new PeerException("copying " + from + ": " + e.getMessage(), e);
        }
        return directory.resolve(store.getFileName().toString());
    }

    /// Bytes of all files in the store now.
    public long diskBytes() throws PeerException {
        return diskBytes(store);
    }

    /// Bytes of all files in a store now, a running server's too.
    public static long diskBytes(Path store) throws PeerException {
        try (Stream<Path> files = Files.walk(store)) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try {
                    sum += Files.size(file);
                } catch (NoSuchFileException _) {
                    // A running server replaces files.
                }
            }
            return sum;
        } catch (IOException e) {
            throw new PeerException("measuring " + store + ": " + e.getMessage(), e);
        }
    }
}
