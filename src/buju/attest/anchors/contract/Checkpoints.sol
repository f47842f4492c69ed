// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// Heads of one log: only its owner adds, only growing sizes, one root for a size.
contract Checkpoints {
    address public immutable owner = msg.sender;
    uint64 public size;
    mapping(uint64 => bytes32) public roots;

    event Published(uint64 indexed size, bytes32 root, bytes32 note);

    /// `note` is the SHA-256 of the signed checkpoint.
    function publish(uint64 newSize, bytes32 root, bytes32 note) external {
        require(msg.sender == owner, "not the owner");
        require(newSize > size, "size does not grow");
        size = newSize;
        roots[newSize] = root;
        emit Published(newSize, root, note);
    }
}
