package org.precertocsp.responder.intake.spool;

import org.precertocsp.responder.alert.Alarm;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.Feeds;

/// The services with which a server loads files.
///
/// @param alarm notified of dropped files that were refused, wholly or in part
public record SpoolIntake(
        FeedLoader loader, Feeds feeds, FedIssuer.Directory issuers, Alarm alarm) {}
