// Links one layer whole and alone (../CMakeLists.txt). Linking is the test:
// every symbol that an object of the layer needs must be in the layer itself or
// in a library from outside. Running it runs the static initialisers.
int main() { return 0; }
