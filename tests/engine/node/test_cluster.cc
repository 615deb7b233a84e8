#include "tests/engine/node/test_cluster.h"

#include <utility>

#include "engine/base/check.h"
#include "engine/replication/factory.h"

namespace wringer::node {
namespace {

constexpr NodeId kClientNode{kClientNodeBase + 1};

}  // namespace

TestCluster::TestCluster(TestClusterOptions options)
    : options_(std::move(options)), world_({.seed = options_.seed}) {
  former_run_ = SetCurrentRun(&world_);
  sim::NetworkOptions net;
  net.model = options_.link;
  net.clients = 1;
  for (std::uint32_t i = 1; i <= options_.nodes; ++i) {
    net.servers.push_back(NodeId{i});
  }
  network_ = std::make_unique<sim::SimNetwork>(&world_, net);
  for (const NodeId id : net.servers) {
    Server& server = servers_[id];
    auto disk = sim::MakeDiskOptions("ext4-ordered", "nvme-datacenter");
    WR_CHECK(disk.ok());
    disk->seed = options_.seed;
    disk->disk = id.value();
    server.disk = sim::MakeDisk(&world_, *disk);
    server.runtime = std::make_unique<sim::NodeRuntime>(&world_, id);
  }
}

TestCluster::~TestCluster() {
  for (auto& [id, server] : servers_) {
    if (server.node != nullptr) Kill(id);
  }
  if (client_ != nullptr) {
    client_bus_->Fence();
    client_runtime_->Fence();
    client_runtime_->UnwindFibers();
    client_.reset();
    client_bus_.reset();
    client_runtime_->Bury();
  }
  for (auto& [id, server] : servers_) server.runtime.reset();
  client_runtime_.reset();
  servers_.clear();
  SetCurrentRun(former_run_);
}

NodeOptions TestCluster::OptionsOf(NodeId id) const {
  NodeOptions options;
  options.cluster = 42;
  options.replication.model = options_.model;
  options.replication.self = id;
  for (const auto& [member, server] : servers_) {
    options.replication.members.push_back(member);
  }
  options.replication.random_key = options_.seed;
  options.replication.bootstrap = !servers_.at(id).booted_before;
  options.log.directory = "/log";
  options.engine.directory = "/engine";
  options.engine.journal = false;
  options_.adjust(&options);
  return options;
}

// ---- life ----

void TestCluster::BootAll() {
  for (auto& [id, server] : servers_) Boot(id);
  Run(1 * kSecond);
  StartClient();
}

void TestCluster::Boot(NodeId id) {
  Server& server = servers_.at(id);
  server.runtime->Boot();
  server.bus =
      std::make_unique<sim::SimBus>(network_.get(), server.runtime.get());
  server.files = sim::MakeFileSystem(server.disk.get(), server.runtime.get());
  server.env = {.self = id,
                .clock = server.runtime.get(),
                .fibers = server.runtime.get(),
                .files = server.files.get(),
                .bus = server.bus.get(),
                .cpu = server.runtime.get(),
                .trace = &trace_,
                .random_seed = options_.seed,
                .entropy = server.runtime->Entropy()};
  auto node = Node::Create(OptionsOf(id), &server.env, &recorder_);
  WR_CHECK_MSG(node.ok(), node.status().ToString());
  server.node = std::move(*node);
  server.node->Boot();
  server.booted_before = true;
}

void TestCluster::Die(NodeId id,
                      const std::function<void(sim::SimDisk&)>& disk) {
  Server& server = servers_.at(id);
  server.bus->Fence();
  server.runtime->Fence();
  disk(*server.disk);
  server.runtime->UnwindFibers();
  server.node.reset();
  server.files.reset();
  server.bus.reset();
  server.runtime->Bury();
  defects_ = defects_ + server.runtime->defects().size();
}

void TestCluster::Kill(NodeId id) {
  Die(id, [](sim::SimDisk& disk) { disk.ProcessKill(); });
}

void TestCluster::PowerLoss(NodeId id) {
  Die(id, [](sim::SimDisk& disk) { disk.PowerLoss({.keep_ppm = 0}); });
}

void TestCluster::Wipe(NodeId id) {
  Die(id, [](sim::SimDisk& disk) { disk.Wipe(); });
}

void TestCluster::StartClient() {
  client_runtime_ = std::make_unique<sim::NodeRuntime>(&world_, kClientNode);
  client_runtime_->Boot();
  client_bus_ =
      std::make_unique<sim::SimBus>(network_.get(), client_runtime_.get());
  client_env_ = {.self = kClientNode,
                 .clock = client_runtime_.get(),
                 .fibers = client_runtime_.get(),
                 .files = nullptr,
                 .bus = client_bus_.get(),
                 .cpu = client_runtime_.get(),
                 .trace = &trace_,
                 .random_seed = options_.seed};
  const NodeOptions node = OptionsOf(NodeId{1});
  const auto capabilities = replication::ModelCapabilities(node.replication);
  WR_CHECK(capabilities.ok());
  write_level_ = capabilities->default_write;
  client::ClientOptions options;
  options.cluster = 42;
  options.nodes = node.replication.members;
  options.register_level = write_level_;
  options.leaderless = !capabilities->has_leader;
  options.sessions = capabilities->has_log;
  options_.adjust_client(&options);
  client_ = std::make_unique<client::Client>(options, &client_env_, this);
  client_->Start();
}

// ---- work ----

void TestCluster::OnCompleted(client::Completion& completion) {
  const OpId op = completion.op;
  WR_CHECK(done.emplace(op, std::move(completion)).second);
}

bool TestCluster::RunUntil(const std::function<bool()>& condition,
                           Nanos limit) {
  const Nanos end = world_.now() + limit;
  while (!condition()) {
    if (world_.now() >= end || !world_.RunOne()) return condition();
  }
  return true;
}

OpId TestCluster::Start(wire::OpKind kind, const std::string& key,
                        const std::string& value, OpId expected) {
  const OpId op = next_op_;
  ++next_op_;
  client_->Submit({.op = op,
                   .kind = kind,
                   .key = key,
                   .value = value,
                   .expected_tag = expected,
                   .write_level = write_level_,
                   .read_level = {DefaultRead(), 0}});
  return op;
}

client::Completion TestCluster::Await(OpId op) {
  WR_CHECK(RunUntil([&] { return done.contains(op); }));
  return done.at(op);
}

client::Completion TestCluster::Put(const std::string& key,
                                    const std::string& value) {
  return Await(Start(wire::OpKind::kPut, key, value));
}

client::Completion TestCluster::Delete(const std::string& key) {
  return Await(Start(wire::OpKind::kDelete, key));
}

client::Completion TestCluster::Cas(const std::string& key, OpId expected,
                                    const std::string& value) {
  return Await(Start(wire::OpKind::kCas, key, value, expected));
}

client::Completion TestCluster::Get(const std::string& key,
                                    wire::ReadLevelKind level) {
  const OpId op = next_op_;
  ++next_op_;
  client_->Submit({.op = op,
                   .kind = wire::OpKind::kGet,
                   .key = key,
                   .value = "",
                   .expected_tag = {},
                   .write_level = {},
                   .read_level = {level, 0}});
  return Await(op);
}

}  // namespace wringer::node
