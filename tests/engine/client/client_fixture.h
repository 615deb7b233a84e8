// A client in a world of its own, on a bus that only remembers: the test plays
// the cluster.
#ifndef WR_TESTS_ENGINE_CLIENT_CLIENT_FIXTURE_H_
#define WR_TESTS_ENGINE_CLIENT_CLIENT_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/client/client.h"
#include "tests/engine/test_node.h"

namespace wringer::client {

class ClientTest : public ::testing::Test,
                   public env::MessageBus,
                   public CompletionSink {
 protected:
  struct Sent {
    NodeId to;
    wire::ClientRequest request;
  };

  ClientTest() : node_(nullptr) {
    node_.env()->bus = this;
    node_.env()->self = NodeId{10001};
    options_.cluster = 5;
    options_.nodes = {NodeId{1}, NodeId{2}, NodeId{3}};
    options_.home = NodeId{2};
  }

  // Starts the client and opens its session.
  void Start() {
    client_ = std::make_unique<Client>(options_, node_.env(), this);
    client_->Start();
    if (options_.sessions) Answer(Take());
  }
  // env::MessageBus.
  std::string AcquireBuffer() override { return {}; }
  void SetReceiver(env::MessageReceiver* r) override { receiver_ = r; }
  void Send(NodeId to, std::string bytes) override {
    wire::FrameHeader header;
    Slice body;
    ASSERT_TRUE(wire::DecodeFrame(bytes, &header, &body).ok());
    EXPECT_EQ(header.cluster, 5u);
    Sent sent{.to = to, .request = {}};
    ASSERT_TRUE(wire::DecodeRequest(body, &sent.request).ok());
    sent_.push_back(std::move(sent));
  }
  // CompletionSink.
  void OnCompleted(Completion& completion) override {
    done_.push_back(std::move(completion));
  }

  // The oldest request the test has not looked at.
  Sent Take() {
    WR_CHECK(!sent_.empty());
    Sent sent = sent_.front();
    sent_.erase(sent_.begin());
    return sent;
  }
  void Answer(const Sent& sent, wire::Outcome outcome = wire::Outcome::kOk,
              NodeId hint = kNoNode, LogIndex token = {}) {
    wire::ClientReply reply;
    reply.client = sent.request.command.client;
    reply.seq = sent.request.command.seq;
    reply.attempt = sent.request.attempt;
    reply.outcome = outcome;
    reply.hint = hint;
    reply.tag = sent.request.command.op;
    reply.token.index = token;
    std::string body;
    wire::EncodeReply(reply, &body);
    std::string frame;
    wire::EncodeFrame({.kind = wire::FrameKind::kClientReply, .cluster = 5},
                      body, &frame);
    receiver_->OnMessage(sent.to, frame);
  }
  void Submit(std::uint64_t op, wire::OpKind kind = wire::OpKind::kPut) {
    client_->Submit({.op = OpId{op},
                     .kind = kind,
                     .key = "k",
                     .value = "v",
                     .expected_tag = {},
                     .write_level = {},
                     .read_level = {wire::ReadLevelKind::kStrong, 0}});
  }
  void Wait(Nanos d) { node_.Wait(d); }

  testing::TestNode node_;
  ClientOptions options_;
  std::unique_ptr<Client> client_;
  env::MessageReceiver* receiver_ = nullptr;
  std::vector<Sent> sent_;
  std::vector<Completion> done_;
};

}  // namespace wringer::client

#endif  // WR_TESTS_ENGINE_CLIENT_CLIENT_FIXTURE_H_
