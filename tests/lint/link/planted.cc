// A planted violation: engine code that calls up into sim behind the back of
// the include graph. The layer link test must refuse it (../CMakeLists.txt).
namespace wringer::sim {
int PlantedUpwardCall();
}  // namespace wringer::sim

namespace wringer::wal {
int PlantedViolation() { return sim::PlantedUpwardCall(); }
}  // namespace wringer::wal
