// The node's network: messages that may be lost, late or doubled, but are never
// silently changed unless a scenario asks for it (so frames carry a checksum).
//
// A message may outlive the term, the configuration and the incarnation in
// which it was sent; receivers must judge by its contents. Order depends on the
// scenario: `fifo` per directed pair, as over one TCP connection that resets at
// crashes and partitions and then loses what was in flight (the default), or
// `any`, as datagrams. Sending never blocks and never fails: silence is the
// only answer to a message that does not arrive.
//
// Crash: messages in flight stay in flight; nothing is delivered to a node that
// is down, and what reaches it after its restart is delivered to the new
// incarnation.
#ifndef WR_ENGINE_ENV_MESSAGE_BUS_H_
#define WR_ENGINE_ENV_MESSAGE_BUS_H_

#include <string>

#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::env {

class MessageReceiver {
 public:
  virtual ~MessageReceiver() = default;
  // A handler: must not yield. `bytes` is valid during the call only.
  virtual void OnMessage(NodeId from, Slice bytes) = 0;
};

class MessageBus {
 public:
  virtual ~MessageBus() = default;

  // An empty string, probably with capacity: message buffers are pooled.
  virtual std::string AcquireBuffer() = 0;
  // Sends `bytes` to `to`, or to oneself; leaves once the CPU time charged so
  // far has passed. Does not yield. Buffers return to the pool by themselves.
  virtual void Send(NodeId to, std::string bytes) = 0;
  // Where deliveries go; null drops them. REQUIRES: outlives the registration.
  virtual void SetReceiver(MessageReceiver* receiver) = 0;
};

}  // namespace wringer::env

#endif  // WR_ENGINE_ENV_MESSAGE_BUS_H_
