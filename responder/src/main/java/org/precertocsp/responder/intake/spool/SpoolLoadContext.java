package org.precertocsp.responder.intake.spool;

import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedProvider;

/// The services with which a server loads files.
///
/// @param alarm notified of dropped files that were refused, wholly or in part
public record SpoolLoadContext(
        FeedLoader loader, FeedProvider feeds, ConfiguredIssuer.Directory issuers, Alarm alarm) {}
