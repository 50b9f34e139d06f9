package org.precertocsp.responder.intake.spool;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedJob;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.LoadOptions;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.intake.UnreadableFile;
import org.precertocsp.responder.status.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads single files of a spool. A problem with a file becomes its result; only a failing store,
/// which the file does not cause, is thrown.
final class Inspector {
    private static final Logger LOG = LoggerFactory.getLogger(Inspector.class);

    private final SpoolIntake intake;

    Inspector(SpoolIntake intake) {
        this.intake = intake;
    }

    /// @param path its location
    /// @param name for the operator
    record SpoolFile(Path path, String name) {}

    /// A feed for files of one directory. If it cannot be created, it refuses them.
    StatusFeed feed(FeedKind kind, List<Path> together) {
        try {
            return intake.feeds().feed(kind, together);
        } catch (RuntimeException e) {
            LOG.error("the feed for {} cannot be created", kind.word(), e);
            return (_, _) -> {
                throw new FeedRefused("files of this kind cannot be read now: " + e, e);
            };
        }
    }

    /// @throws StoreFailure the file should be tried again later
    LoadSummary load(
            FeedKind kind,
            StatusFeed feed,
            Optional<String> issuer,
            LoadOptions options,
            SpoolFile file) {
        String why;
        try {
            if (!Files.isRegularFile(file.path(), LinkOption.NOFOLLOW_LINKS)) {
                why = "it is not a regular file; links and directories are not followed";
            } else {
                FeedJob job =
                        new FeedJob(
                                kind,
                                feed,
                                file.path(),
                                file.name(),
                                called(issuer),
                                ReadProgress.SILENT,
                                options,
                                intake.issuers());
                return intake.loader().load(job);
            }
        } catch (FeedRefused | UnreadableFile e) {
            why = String.valueOf(e.getMessage());
        }
        return LoadSummary.refused(kind, file.name(), why);
    }

    private Optional<FedIssuer> called(Optional<String> name) throws FeedRefused {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Optional<FedIssuer> issuer = intake.issuers().called(name.get());
        if (issuer.isEmpty()) {
            throw new FeedRefused(
                    "the running server has no issuer named '%s', only %s"
                            .formatted(name.get(), names()));
        }
        return issuer;
    }

    private String names() {
        return String.join(", ", intake.issuers().issuers().stream().map(FedIssuer::name).toList());
    }
}
