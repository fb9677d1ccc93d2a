#pragma once
/// \file
/// The path of a datagram through its session: classify, parse, admit, track, and then on along the flows.
/// Pure: the worker brings octets and the time, and takes them away again.

#include <cstdint>

#include "dataplane/codec_stage.h"
#include "dataplane/drop.h"
#include "dataplane/forward.h"
#include "dataplane/outbox.h"
#include "dataplane/outlet.h"
#include "dataplane/session.h"
#include "dataplane/timer_wheel.h"

namespace dataplane {

/// A UDP payload that came in on a port of an endpoint.
struct Datagram {
  base::MutableOctets octets;
  const base::SocketAddress& source;
  base::Instant arrival;
  bool on_rtcp_port{false};
};

/// Everything that a packet may set off. One per worker.
struct MediaContext {
  CodecStage& stage;
  Outlet& outlet;
  Outbox& outbox;
  TimerWheel& wheel;
  base::WallTime wall{};  ///< for sender reports; set by the worker before timers run
};

/// Takes a datagram in from `from`. `forwards` receives where its own octets go on to; the caller makes the
/// changes with rewrite(). A datagram that goes nowhere has been counted as a drop or has been consumed.
/// True: its source was believed. Worker lcore; no allocation.
bool receive(Endpoint& from, const Datagram& datagram, MediaContext& context, Forwards& forwards);

/// Tells control of an RFC 4733 event that is over.
void report_event(Endpoint& from, const rtp::CompletedEvent& event, MediaContext& context);

}  // namespace dataplane
